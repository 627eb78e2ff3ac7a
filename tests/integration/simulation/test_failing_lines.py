"""Listeners that fail below HTTP, and the proxy whose line can be made to fail."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Generator

import httpx
import pytest
from tests.served import until

from asset_forge.simulation.providers import SimulatedProviders, running_in_thread
from asset_forge.simulation.proxy import Line, TcpProxy
from asset_forge.simulation.sockets import LineFault, faulty_listener


@pytest.mark.parametrize(
    ("fault", "expected", "message", "seconds"),
    [
        (LineFault.REFUSE, httpx.ConnectError, "refused", 20.0),
        (LineFault.HANG, httpx.ReadTimeout, "timed out", 0.3),
        (LineFault.RESET, httpx.ReadError, "reset", 20.0),
        (LineFault.TLS_GARBAGE, httpx.ConnectError, "SSL", 20.0),
        (LineFault.TLS_UNTRUSTED, httpx.ConnectError, "CERTIFICATE_VERIFY_FAILED", 20.0),
    ],
)
def test_a_faulty_listener_fails_in_its_way(
    fault: LineFault, expected: type[Exception], message: str, seconds: float
) -> None:
    with (
        faulty_listener(fault) as listener,
        pytest.raises(expected, match=message),
    ):
        httpx.get(listener.url, timeout=seconds, trust_env=False)


def test_a_listener_counts_who_connects() -> None:
    with faulty_listener(LineFault.HANG) as listener:
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(listener.url, timeout=0.2, trust_env=False)
        until("its thread has taken the connection", lambda: listener.connections, 20)
        assert listener.connections == 1


def test_an_untrusted_certificate_is_one_that_a_careless_client_would_take() -> None:
    careless = ssl.create_default_context()
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE
    with (
        faulty_listener(LineFault.TLS_UNTRUSTED) as listener,
        socket.create_connection(("127.0.0.1", listener.port), 5) as line,
        careless.wrap_socket(line) as secured,
    ):
        assert secured.version() in ("TLSv1.2", "TLSv1.3")


@pytest.fixture
def echo() -> Generator[int]:
    """The port of a server that sends back what it gets."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=[line], daemon=True).start()

        def answer(line: socket.socket) -> None:
            with line:
                try:
                    while data := line.recv(65536):
                        line.sendall(data)
                except ConnectionError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.fixture
def proxy(echo: int) -> Generator[TcpProxy]:
    """A proxy in front of the echo."""
    with TcpProxy("127.0.0.1", echo).running() as running:
        yield running


def connect(proxy: TcpProxy) -> socket.socket:
    return socket.create_connection((proxy.host, proxy.port), timeout=5)


def echoed(line: socket.socket, data: bytes) -> bytes:
    line.sendall(data)
    found = b""
    while len(found) < len(data):
        part = line.recv(65536)
        if not part:
            break
        found += part
    return found


def test_a_proxy_passes_everything_on_both_ways(proxy: TcpProxy) -> None:
    data = bytes(range(256)) * 2000
    with connect(proxy) as line:
        sender = threading.Thread(target=line.sendall, args=[data])
        sender.start()
        found = b""
        while len(found) < len(data):
            found += line.recv(65536)
        sender.join(5)
    assert found == data
    assert proxy.bytes_passed >= len(data)


def test_a_half_closed_connection_still_gets_its_answer(proxy: TcpProxy) -> None:
    with connect(proxy) as line:
        line.sendall(b"last words")
        line.shutdown(socket.SHUT_WR)
        found = b""
        while part := line.recv(100):
            found += part
    assert found == b"last words"


def test_a_hanging_line_stands_still_and_goes_on_where_it_stopped(proxy: TcpProxy) -> None:
    with connect(proxy) as before:
        assert echoed(before, b"one") == b"one"
        proxy.set(Line.HANG)
        before.settimeout(0.2)
        with connect(proxy) as during:
            during.settimeout(0.2)
            for line in (before, during):
                line.sendall(b"two")
                with pytest.raises(TimeoutError):
                    line.recv(10)
            proxy.set(Line.PASS)
            for line in (before, during):
                line.settimeout(5)
                assert line.recv(10) == b"two"


def test_a_refusing_line_resets_what_is_open_and_listens_again_at_the_same_port(
    proxy: TcpProxy,
) -> None:
    port = proxy.port
    with connect(proxy) as line:
        assert echoed(line, b"one") == b"one"
        proxy.set(Line.REFUSE)
        with pytest.raises(ConnectionResetError):
            line.recv(10)
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)
    proxy.set(Line.PASS)
    assert proxy.port == port
    with connect(proxy) as line:
        assert echoed(line, b"two") == b"two"


def test_a_line_may_go_from_any_state_to_any_other(proxy: TcpProxy) -> None:
    for first in (Line.PASS, Line.REFUSE, Line.HANG, Line.RESET):
        for second in (Line.REFUSE, Line.HANG, Line.RESET):
            proxy.set(first)
            proxy.set(second)
            proxy.set(Line.PASS)
            with connect(proxy) as line:
                assert echoed(line, b"one") == b"one"


def test_a_resetting_line_takes_connections_and_resets_them(proxy: TcpProxy) -> None:
    proxy.set(Line.RESET)
    with pytest.raises(ConnectionResetError), connect(proxy) as line:
        line.recv(10)


def test_connections_are_cut_and_new_ones_pass(proxy: TcpProxy) -> None:
    with connect(proxy) as line:
        assert echoed(line, b"one") == b"one"
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            line.recv(10)
    with connect(proxy) as line:
        assert echoed(line, b"two") == b"two"


def test_a_throttled_line_passes_little_at_a_time(proxy: TcpProxy) -> None:
    proxy.throttle(2000)
    with connect(proxy) as line:
        line.settimeout(20)
        began = time.monotonic()
        line.sendall(b"x" * 1000)
        found = 0
        while found < 1000:
            found += len(line.recv(65536))
            assert found <= 100 + 2000 * (time.monotonic() - began)
        assert time.monotonic() - began > 0.3
    proxy.set(Line.PASS)


def test_a_rate_of_nothing_is_refused_and_a_throttle_needs_a_rate(proxy: TcpProxy) -> None:
    with pytest.raises(ValueError, match="rate is 0"):
        proxy.throttle(0)
    with pytest.raises(ValueError, match="throttle"):
        proxy.set(Line.THROTTLE)


def test_an_upstream_that_is_gone_resets_the_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (
        TcpProxy("127.0.0.1", port).running() as proxy,
        pytest.raises(ConnectionResetError),
        connect(proxy) as line,
    ):
        line.recv(10)


def test_a_provider_behind_the_proxy_goes_away_and_comes_back() -> None:
    with (
        running_in_thread(SimulatedProviders(speed=400)) as url,
        TcpProxy("127.0.0.1", int(url.rpartition(":")[2])).running() as proxy,
    ):
        address = f"http://{proxy.host}:{proxy.port}/_control"
        assert httpx.get(address, trust_env=False).status_code == 200
        proxy.set(Line.REFUSE)
        with pytest.raises(httpx.ConnectError):
            httpx.get(address, trust_env=False)
        proxy.set(Line.PASS)
        assert httpx.get(address, trust_env=False).status_code == 200
