"""What can go wrong at a provider, and the rules that say when it does."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Provider(StrEnum):
    """A simulated vendor; the value is the path that it is mounted at."""

    MESHY = "meshy"
    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    ELEVENLABS = "elevenlabs"


class Fault(StrEnum):
    """One way in which a provider fails; the answers are shaped as the vendor shapes them."""

    UNAUTHORIZED = "unauthorized"
    OUT_OF_CREDIT = "out_of_credit"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    CONCURRENCY_LIMITED = "concurrency_limited"
    REJECTED_PROMPT = "rejected_prompt"
    SERVER_ERROR = "server_error"
    OVERLOADED = "overloaded"
    BAD_GATEWAY = "bad_gateway"
    """502 with an HTML page, from a gateway in front of the vendor."""
    TIMEOUT = "timeout"
    """The request is taken, and carried out, and never answered."""
    CONNECTION_RESET = "connection_reset"
    """The request is carried out, and the connection reset in the middle of the answer."""
    SLOW_TRICKLE = "slow_trickle"
    """The answer comes at one byte a second, whatever the speed of the simulation."""
    MALFORMED_JSON = "malformed_json"
    MISSING_FIELDS = "missing_fields"
    TRUNCATED_DOWNLOAD = "truncated_download"
    """Half of a file under the length of the whole, then the end of the connection."""
    TRUNCATED_DOWNLOAD_WITHOUT_LENGTH = "truncated_download_without_length"
    """Half of a file without a length, well ended: only the file itself can tell."""
    WRONG_TYPE_DOWNLOAD = "wrong_type_download"
    """An HTML page with status 200 in place of the file."""
    EXPIRED_URL = "expired_url"
    ENDLESS_TASK = "endless_task"
    """A task that stays in progress for ever; decided when the task is submitted."""
    FAILED_TASK = "failed_task"
    """A task that fails half way; decided when the task is submitted."""


@dataclass(slots=True)
class Rule:
    """When a fault happens: at which requests, how likely, and how many times more."""

    fault: Fault
    probability: float = 1.0
    times: int | None = None
    retry_after: float | None = None
    endpoint: str | None = None
    method: str | None = None

    def concerns(self, endpoint: str, method: str, faults: frozenset[Fault]) -> bool:
        """Say whether the rule is about this endpoint, and its fault one that it can have."""
        return (
            self.fault in faults
            and self.endpoint in (None, endpoint)
            and self.method in (None, method)
        )


@dataclass(slots=True)
class Behavior:
    """What goes wrong at one provider: rules in the order in which they were given."""

    provider: Provider
    operations: Mapping[tuple[str, str], frozenset[Fault]]
    """The faults that each endpoint can have, by its name and the method."""
    rng: random.Random
    _rules: list[Rule] = field(default_factory=list[Rule])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that are in force."""
        with self._lock:
            return tuple(self._rules)

    def replace(self, rules: Iterable[Rule]) -> None:
        """Put these rules in the place of all others."""
        checked = [self._checked(rule) for rule in rules]
        with self._lock:
            self._rules = checked

    def add(self, rule: Rule) -> None:
        """Add a rule behind the others, or in the place of one for the same fault and requests."""
        checked = self._checked(rule)
        same = (rule.fault, rule.endpoint, rule.method)
        with self._lock:
            kept = [r for r in self._rules if (r.fault, r.endpoint, r.method) != same]
            self._rules = [*kept, checked]

    def clear(self) -> None:
        """Let everything succeed again."""
        with self._lock:
            self._rules = []

    def draw(self, endpoint: str, method: str, faults: frozenset[Fault]) -> Rule | None:
        """Return the first rule that strikes this request, and count it; None if it succeeds.

        `faults` are those that the endpoint can have.
        """
        with self._lock:
            for rule in self._rules:
                if not rule.concerns(endpoint, method, faults):
                    continue
                if self.rng.random() >= rule.probability:
                    continue
                if rule.times is not None:
                    rule.times -= 1
                    if rule.times <= 0:
                        self._rules.remove(rule)
                return rule
        return None

    def _checked(self, rule: Rule) -> Rule:
        problems: list[str] = []
        if not 0 < rule.probability <= 1:
            problems.append(f"probability is {rule.probability}; use more than 0, at most 1")
        if rule.times is not None and rule.times < 1:
            problems.append(f"times is {rule.times}; use 1 or more, or none for always")
        if rule.retry_after is not None and rule.retry_after < 0:
            problems.append(f"retry_after is {rule.retry_after}; use 0 or more seconds")
        problems += self._misplaced(rule)
        if problems:
            raise ValueError("; ".join(problems))
        return rule

    def _misplaced(self, rule: Rule) -> list[str]:
        endpoints = {name for name, _ in self.operations}
        if rule.endpoint is not None and rule.endpoint not in endpoints:
            choices = ", ".join(sorted(endpoints))
            return [f"{self.provider} has no endpoint {rule.endpoint!r}; use {choices}"]
        possible = frozenset[Fault]().union(
            *(
                faults
                for (name, method), faults in self.operations.items()
                if rule.endpoint in (None, name) and rule.method in (None, method)
            )
        )
        if rule.fault in possible:
            return []
        where = " ".join(filter(None, (self.provider, rule.method, rule.endpoint)))
        choices = ", ".join(sorted(possible)) or "another method"
        return [f"{where} cannot have the fault {rule.fault.value}; use {choices}"]
