"""Whose word is taken on where a request comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal, TypeAlias

from asset_forge.observability.http._asgi import Scope

ForwardingHeader: TypeAlias = Literal["x-forwarded-for", "forwarded"]

_PEERS_LIMIT = 1024
"""Peer addresses whose verdict is remembered; proxies are few, and clients that come directly may
be many."""

_HOPS_LIMIT = 32
"""Hops that are read from the right; a longer chain is somebody's joke."""

_LAST_PORT = 65_535
_SCHEMES = frozenset({"http", "https", "ws", "wss"})


class TrustedProxies:
    """Takes the client's address and scheme from a header, if the connection comes from a trusted
    proxy.

    `networks` are the addresses of the proxies, as CIDR or single ("10.0.0.0/8", "::1"); "unix"
    trusts connections over a Unix socket. `header` is the one that the proxies are known to write:
    only that one is read, because they pass the other through from the client as it is. `forwarded`
    is RFC 7239; beside `x-forwarded-for`, the scheme comes from `x-forwarded-proto`. The chain is
    read from the right, and the first address that is not a trusted proxy is the client. Raises
    ValueError for networks that are none.
    """

    def __init__(
        self, networks: Iterable[str], *, header: ForwardingHeader = "x-forwarded-for"
    ) -> None:
        if header not in {"x-forwarded-for", "forwarded"}:
            raise ValueError(f"header {header!r}: choose 'x-forwarded-for' or 'forwarded'")
        listed = list(networks)
        self._unix = "unix" in listed
        self._networks: list[IPv4Network | IPv6Network] = []
        faults: list[str] = []
        for text in listed:
            try:
                if text != "unix":
                    self._networks.append(ip_network(text))
            except ValueError as error:
                faults.append(f"{text!r}: {error}")
        if faults:
            raise ValueError(
                "trusted proxies are CIDR networks, addresses or 'unix'; not usable: "
                + "; ".join(faults)
            )
        self.trust_somebody = bool(listed)
        """Whether there is any proxy whose word is taken."""
        self._header = header
        self.trusts = lru_cache(_PEERS_LIMIT)(self._trusts)

    def apply(self, scope: Scope) -> None:
        """Replace `client` and `scheme` of the scope by what a trusted proxy says of them.

        An address that does not parse ends the chain: nothing left of it is believed.
        """
        peer: tuple[str, int] | None = scope.get("client")
        if not (self._unix if peer is None else self.trusts(peer[0])):
            return
        hops = list(
            self._forwarded(scope) if self._header == "forwarded" else self._x_forwarded(scope)
        )
        scheme = "" if hops or self._header == "forwarded" else self._proto(scope)[-1]
        for count, (text, hop_scheme) in enumerate(reversed(hops)):
            client = _address(text)
            if client is None or count >= _HOPS_LIMIT:
                break
            scope["client"] = client
            scheme = hop_scheme or scheme
            if not self.trusts(client[0]):
                break
        if scheme in _SCHEMES:
            secure = scheme in {"https", "wss"}
            plain = "ws" if scope["type"] == "websocket" else "http"
            scope["scheme"] = plain + "s" if secure else plain

    def _trusts(self, host: str) -> bool:
        """Tell whether `host` is one of the proxies."""
        try:
            address = ip_address(host)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)

    @staticmethod
    def _x_forwarded(scope: Scope) -> Iterator[tuple[str, str]]:
        """Yield (address, scheme) of each hop, the client's first."""
        hops = [hop.strip() for hop in _values(scope, b"x-forwarded-for").split(",") if hop.strip()]
        schemes = TrustedProxies._proto(scope)
        aligned = len(schemes) == len(hops)
        for place, hop in enumerate(hops):
            yield hop, schemes[place] if aligned else schemes[-1]

    @staticmethod
    def _proto(scope: Scope) -> list[str]:
        """Return the schemes that `x-forwarded-proto` names, "" where there are none."""
        return [one.strip().lower() for one in _values(scope, b"x-forwarded-proto").split(",")]

    @staticmethod
    def _forwarded(scope: Scope) -> Iterator[tuple[str, str]]:
        """Yield (address, scheme) of each element of RFC 7239's header, the client's first."""
        for element in _split(_values(scope, b"forwarded"), ","):
            pairs = dict(_pair(part) for part in _split(element, ";"))
            yield pairs.get("for", ""), pairs.get("proto", "").lower()


def _values(scope: Scope, wanted: bytes) -> str:
    """Return all lines of a header as one list, as HTTP joins them."""
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return ",".join(value.decode("latin-1") for name, value in headers if name.lower() == wanted)


def _split(text: str, separator: str) -> list[str]:
    """Split at a separator that is not inside a quoted string."""
    parts = [""]
    quoted = escaped = False
    for character in text:
        if character == separator and not quoted:
            parts.append("")
            continue
        if character == '"' and not escaped:
            quoted = not quoted
        escaped = character == "\\" and quoted and not escaped
        parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _pair(text: str) -> tuple[str, str]:
    """Return name and value of `name=value`, the value without its quotes."""
    name, _, value = text.partition("=")
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1].replace("\\", "")
    return name.strip().lower(), value


def _address(text: str) -> tuple[str, int] | None:
    """Return host and port of `1.2.3.4`, `1.2.3.4:5`, `::1`, `[::1]` or `[::1]:5`; None for
    anything else."""
    host, port = text, ""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    try:
        address: IPv4Address | IPv6Address = ip_address(host)
    except ValueError:
        return None
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else 0
    return str(address), number if number <= _LAST_PORT else 0
