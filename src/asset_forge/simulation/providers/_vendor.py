"""What the simulated vendors have in common: routes, and answers shaped as each shapes them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import ClassVar, Final, TypeAlias

from asset_forge.simulation.providers._faults import Fault, Provider
from asset_forge.simulation.providers._http import Reply, Request

KEY_PREFIX: Final = "simulated-"
"""What every API key that the simulated vendors accept begins with."""

REFUSALS: Final = frozenset(
    {
        Fault.UNAUTHORIZED,
        Fault.FORBIDDEN,
        Fault.NOT_FOUND,
        Fault.RATE_LIMITED,
        Fault.CONCURRENCY_LIMITED,
        Fault.SERVER_ERROR,
        Fault.OVERLOADED,
        Fault.OUT_OF_CREDIT,
    }
)
"""Faults that are an error of the vendor's own in place of the result."""
_OF_PAID: Final = frozenset({Fault.OUT_OF_CREDIT, Fault.REJECTED_PROMPT})
_OF_DELIVERY: Final = frozenset(
    {Fault.BAD_GATEWAY, Fault.TIMEOUT, Fault.CONNECTION_RESET, Fault.SLOW_TRICKLE}
)
_OF_JSON: Final = frozenset({Fault.MALFORMED_JSON, Fault.MISSING_FIELDS})
_OF_FILES: Final = frozenset(
    {
        Fault.TRUNCATED_DOWNLOAD,
        Fault.TRUNCATED_DOWNLOAD_WITHOUT_LENGTH,
        Fault.WRONG_TYPE_DOWNLOAD,
    }
)


class Kind(Enum):
    """What a route answers with; the value is the set of faults that come with it."""

    JSON = _OF_DELIVERY | _OF_JSON | REFUSALS
    FILE = _OF_DELIVERY | _OF_JSON | REFUSALS | _OF_FILES
    """A file in answer to an API call."""
    DOWNLOAD = _OF_DELIVERY | _OF_FILES | {Fault.EXPIRED_URL}
    """A file from a URL that the API gave out, from a host that knows nothing of keys or limits."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that a route takes, with the named parts of its path and the fault to act out."""

    request: Request
    parts: Mapping[str, str]
    fault: Fault | None = None


Handler: TypeAlias = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of a vendor's API."""

    endpoint: str
    """The name that rules and the journal know it by."""
    method: str
    path: str
    """With `{names}` that stand for one segment each."""
    handler: Handler
    kind: Kind = Kind.JSON
    paid: bool = False
    """Whether it costs money, so that the vendor refuses it without credit."""
    essential: tuple[str, ...] = ()
    """The fields that `Fault.MISSING_FIELDS` leaves out."""
    more_faults: frozenset[Fault] = frozenset()
    """Faults that this operation has beside those of its kind."""
    pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        compiled = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))
        object.__setattr__(self, "pattern", compiled)

    @property
    def faults(self) -> frozenset[Fault]:
        """The faults that the operation can have."""
        kind = self.kind.value | self.more_faults
        return kind | _OF_PAID if self.paid else kind - _OF_PAID


class Vendor(ABC):
    """One simulated vendor."""

    provider: ClassVar[Provider]
    without: ClassVar[frozenset[Fault]] = frozenset()
    """Faults that this vendor does not have."""

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The operations, the more particular paths first."""
        return self._routes()

    @abstractmethod
    def _routes(self) -> tuple[Route, ...]:
        """Declare the operations."""

    @abstractmethod
    def key_of(self, request: Request) -> str:
        """Return the API key that a request carries, or an empty text."""

    @abstractmethod
    def refuse(self, fault: Fault, request: Request) -> Reply:
        """Return the error that the vendor answers with, for each fault of `REFUSALS`."""

    @abstractmethod
    def invalid(self, message: str, parameter: str | None = None) -> Reply:
        """Return the error for a request that the vendor cannot understand."""

    @abstractmethod
    def prompt_of(self, request: Request) -> str:
        """Return the text that something is to be made from, or an empty text."""

    def headers(self) -> dict[str, str]:
        """Return the headers that every answer of the vendor's API carries."""
        return {}

    def faults(self, route: Route) -> frozenset[Fault]:
        """Return the faults that one of the vendor's operations can have."""
        return route.faults - self.without

    def operations(self) -> dict[tuple[str, str], frozenset[Fault]]:
        """Return the faults that each endpoint can have, by its name and the method."""
        found: dict[tuple[str, str], frozenset[Fault]] = {}
        for route in self.routes:
            key = route.endpoint, route.method
            found[key] = found.get(key, frozenset()) | self.faults(route)
        return found

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
        """Return the operation at a path and the named parts of it, or None."""
        for route in self.routes:
            if route.method == method and (found := route.pattern.fullmatch(path)):
                return route, found.groupdict()
        return None


def bearer(request: Request) -> str:
    """Return the token of an `Authorization: Bearer` header, or an empty text."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
