"""What a check may say: something is wrong, all is well, or it may not see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from asset_forge.doctor._evidence import Evidence

Severity = Literal["critical", "warning"]


@dataclass(frozen=True, slots=True)
class Found:
    """Something is wrong: in a sentence, with what was measured, and the alert whose runbook helps.

    `critical` is what users feel; `warning` is a cause, or blinds the monitoring.
    """

    summary: str
    runbook: str
    evidence: tuple[str, ...] = ()
    severity: Severity = "warning"


@dataclass(frozen=True, slots=True)
class Fine:
    """All is well; the sentence holds what was measured."""

    summary: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """The check could not be made, and why."""

    summary: str


Verdict = Found | Fine | Unseen
Check = Callable[["Evidence"], Iterator[Verdict]]
"""Looks at the evidence alone; its name and its docstring's first sentence say what for."""
