"""The checked options of a sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from asset_forge.generation.providers.procedural.options import AUDIO_OPTIONS, read_any_options


@dataclass(frozen=True, slots=True)
class Chosen:
    """Checked options of one request: a length in seconds (`None`: the prompt decides), a loop."""

    seconds: float | None
    loop: bool


def read_options(asset_type: str, given: Mapping[str, object]) -> Chosen:
    """The options with defaults filled in; all faults are reported in one `ValueError`."""
    values = read_any_options(AUDIO_OPTIONS[asset_type], given)
    return Chosen(values["durationSeconds"], values.get("loop") is True)
