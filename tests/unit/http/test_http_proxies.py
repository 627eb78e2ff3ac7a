"""Whose word on the client's address and scheme is taken."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability.http import ObservedApplication, RequestObserver, TrustedProxies

PROXY = ("10.0.0.1", 5000)


def apply(
    proxies: TrustedProxies, *headers: tuple[str, str], client=PROXY, kind: str = "http"
) -> dict:
    scope = {
        "type": kind,
        "client": client,
        "scheme": "ws" if kind == "websocket" else "http",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }
    proxies.apply(scope)
    return scope


@pytest.fixture
def proxies() -> TrustedProxies:
    return TrustedProxies(["10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:1234", "203.0.113.7"),
        ("203.0.113.7:99999", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 10.0.0.9, 10.0.0.8", "203.0.113.7"),
        ("10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("203.0.113.7, fd00::5", "203.0.113.7"),
        ("spoofed, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, unknown", "10.0.0.1"),
        ("203.0.113.7, unknown, 10.0.0.9", "10.0.0.9"),
        ("", "10.0.0.1"),
        (",,", "10.0.0.1"),
    ],
)
def test_the_client_is_the_last_address_that_is_no_trusted_proxy(proxies, chain, client) -> None:
    assert apply(proxies, ("x-forwarded-for", chain))["client"][0] == client


def test_several_lines_are_one_chain(proxies) -> None:
    scope = apply(proxies, ("x-forwarded-for", "203.0.113.7"), ("x-forwarded-for", "10.0.0.9"))
    assert scope["client"][0] == "203.0.113.7"


def test_a_stranger_s_headers_are_not_believed(proxies) -> None:
    stranger = ("203.0.113.7", 1)
    scope = apply(
        proxies, ("x-forwarded-for", "1.2.3.4"), ("x-forwarded-proto", "https"), client=stranger
    )
    assert (scope["client"], scope["scheme"]) == (stranger, "http")


def test_the_header_that_the_proxies_do_not_write_is_not_believed(proxies) -> None:
    assert apply(proxies, ("forwarded", "for=1.2.3.4"))["client"] == PROXY
    by_rfc = TrustedProxies(["10.0.0.0/8"], header="forwarded")
    assert apply(by_rfc, ("x-forwarded-for", "1.2.3.4"))["client"] == PROXY


@pytest.mark.parametrize(
    ("value", "client", "scheme"),
    [
        ("for=203.0.113.7;proto=https", ("203.0.113.7", 0), "https"),
        ('For="[2001:db8::1]:4711";Proto=https;by=10.0.0.1', ("2001:db8::1", 4711), "https"),
        ("for=1.2.3.4;proto=http, for=203.0.113.7;proto=https", ("203.0.113.7", 0), "https"),
        ("for=203.0.113.7;proto=https, for=10.0.0.9;proto=http", ("203.0.113.7", 0), "https"),
        ('for="_hidden, 1.2.3.4"', PROXY, "http"),
        ("proto=https", PROXY, "http"),
        ('for="unclosed, for=203.0.113.7', PROXY, "http"),
    ],
)
def test_the_header_of_rfc_7239_is_read(value, client, scheme) -> None:
    scope = apply(TrustedProxies(["10.0.0.0/8"], header="forwarded"), ("forwarded", value))
    assert (scope["client"], scope["scheme"]) == (client, scheme)


@pytest.mark.parametrize(
    ("kind", "proto", "scheme"),
    [
        ("http", "https", "https"),
        ("http", "HTTPS", "https"),
        ("http", "gopher", "http"),
        ("websocket", "https", "wss"),
        ("websocket", "wss", "wss"),
        ("http", "https, http", "http"),
    ],
)
def test_the_scheme_is_the_proxy_s(proxies, kind, proto, scheme) -> None:
    headers = (("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", proto))
    assert apply(proxies, *headers, kind=kind)["scheme"] == scheme


def test_the_scheme_of_a_proxy_that_names_no_client_is_believed_all_the_same(proxies) -> None:
    scope = apply(proxies, ("x-forwarded-proto", "https"))
    assert (scope["client"], scope["scheme"]) == (PROXY, "https")
    stranger = apply(proxies, ("x-forwarded-proto", "https"), client=("203.0.113.7", 5000))
    assert stranger["scheme"] == "http"
    reads_the_other = TrustedProxies(["10.0.0.0/8"], header="forwarded")
    assert apply(reads_the_other, ("x-forwarded-proto", "https"))["scheme"] == "http"


def test_a_unix_socket_is_trusted_only_if_it_is_named() -> None:
    header = ("x-forwarded-for", "203.0.113.7")
    assert apply(TrustedProxies(["10.0.0.0/8"]), header, client=None)["client"] is None
    assert apply(TrustedProxies(["unix"]), header, client=None)["client"] == ("203.0.113.7", 0)


def test_an_ipv4_address_in_ipv6_clothing_is_the_same_proxy(proxies) -> None:
    scope = apply(proxies, ("x-forwarded-for", "203.0.113.7"), client=("::ffff:10.0.0.1", 1))
    assert scope["client"][0] == "203.0.113.7"


def test_networks_that_are_none_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"'10\.0\.0\.1/8'.*'somewhere'"):
        TrustedProxies(["10.0.0.1/8", "192.0.2.1", "somewhere"])
    with pytest.raises(ValueError, match="choose 'x-forwarded-for' or 'forwarded'"):
        TrustedProxies([], header="via")


@given(header=st.text(alphabet=st.characters(max_codepoint=255), max_size=200), rfc=st.booleans())
def test_no_header_breaks_the_reading_and_the_client_is_always_an_address(
    header: str, rfc: bool
) -> None:
    proxies = TrustedProxies(["10.0.0.0/8"], header="forwarded" if rfc else "x-forwarded-for")
    scope = apply(proxies, ("forwarded" if rfc else "x-forwarded-for", header))
    host, port = scope["client"]
    ipaddress.ip_address(host)
    assert 0 <= port < 65_536


async def test_the_record_and_the_application_see_the_same_client_and_no_label_does(
    registry,
) -> None:
    inside = []

    class Seen(RequestObserver):
        def finish(self, record):
            inside.append((record.client, record.scheme))

    async def application(scope, receive, send):
        inside.append((scope["client"][0], scope["scheme"]))
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    async def send(message):
        pass

    headers = [(b"x-forwarded-for", b"203.0.113.7"), (b"x-forwarded-proto", b"https")]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "client": PROXY,
        "scheme": "http",
        "headers": headers,
    }
    proxies = TrustedProxies(["10.0.0.0/8"])
    await ObservedApplication(
        application, registry, proxies=proxies, observers=(Seen(),), strict=True
    )(scope, send, send)
    assert inside == [("203.0.113.7", "https")] * 2
    assert b"203.0.113.7" not in registry.render(endpoint="system")
