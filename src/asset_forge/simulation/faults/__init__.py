"""The faults that can be injected into a running service, each by real means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from asset_forge.simulation.faults._database import (
    DatabaseDown,
    DatabaseLocked,
    DatabaseSlow,
    PoolExhausted,
)
from asset_forge.simulation.faults._instances import CrashLoop, InstanceKilled, RolloutHalted
from asset_forge.simulation.faults._model import Fault, Repeated
from asset_forge.simulation.faults._processes import (
    ChildrenKilled,
    ChildrenStarved,
    DescriptorsShort,
    EventLoopFrozen,
    ServiceKilled,
    WorkerFrozen,
)
from asset_forge.simulation.faults._providers import (
    CreditGone,
    EveryProviderDown,
    KeyRefused,
    ProviderDown,
    ProviderThrottles,
    SpendingSpree,
)
from asset_forge.simulation.faults._scrapes import AnotherProgram, ScrapeHangs
from asset_forge.simulation.faults._telemetry import (
    ForeignFile,
    LogReaderHangs,
    ModelsMadeUp,
    TraceCollectorHangs,
    VolumeGone,
)
from asset_forge.simulation.faults._traffic import CardinalityBomb, LoginAbuse, SlowLines
from asset_forge.simulation.faults._volumes import DiskFull, DiskLow, MemoryShort, StoreBroken

FAULTS: Final[Mapping[str, type[Fault]]] = {
    fault.name: fault
    for fault in (
        ServiceKilled,
        InstanceKilled,
        CrashLoop,
        RolloutHalted,
        EventLoopFrozen,
        DescriptorsShort,
        MemoryShort,
        DatabaseLocked,
        DatabaseDown,
        DatabaseSlow,
        PoolExhausted,
        StoreBroken,
        DiskLow,
        DiskFull,
        ChildrenKilled,
        ChildrenStarved,
        WorkerFrozen,
        SlowLines,
        LoginAbuse,
        CardinalityBomb,
        ModelsMadeUp,
        ForeignFile,
        VolumeGone,
        TraceCollectorHangs,
        LogReaderHangs,
        ScrapeHangs,
        AnotherProgram,
        KeyRefused,
        CreditGone,
        ProviderDown,
        ProviderThrottles,
        EveryProviderDown,
        SpendingSpree,
    )
}
"""Every fault by its name."""

__all__ = ["FAULTS", "Fault", "Repeated"]
