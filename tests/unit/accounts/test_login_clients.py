from __future__ import annotations

import ipaddress

from hypothesis import example, given
from hypothesis import strategies as st

from asset_forge.accounts._limits import (
    _key,  # pyright: ignore[reportPrivateUsage]
    _network,  # pyright: ignore[reportPrivateUsage]
)
from asset_forge.accounts._sign_in import is_login, normalized_login


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_addresses_of_one_64_network_are_one_client(
    address: ipaddress.IPv6Address, host: int
) -> None:
    neighbor = ipaddress.IPv6Address(int(address) >> 64 << 64 | host)
    if address.ipv4_mapped is None and neighbor.ipv4_mapped is None:
        assert _network(str(address)) == _network(f"{neighbor}%eth0")


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_one_client_in_both_spellings(address: ipaddress.IPv4Address) -> None:
    assert _network(str(address)) == _network(f"::ffff:{address}") == str(address)


@given(st.text())
def test_any_peer_is_a_client(peer: str) -> None:
    assert isinstance(_network(peer), str)


@given(st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3))
def test_keys_are_equal_only_for_equal_parts(one: list[str], other: list[str]) -> None:
    assert (_key(*one) == _key(*other)) == (one == other)


@given(st.text())
@example("straß\u0301e")  # whose folded letters compose anew
def test_a_login_is_normalized_for_good(login: str) -> None:
    once = normalized_login(login)
    if is_login(once):
        assert normalized_login(once) == once
