"""Listeners that fail below HTTP: connections refused, left hanging, reset, or with broken TLS."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self, TypeVar, cast

HOST: Final = "127.0.0.1"
CALL_SECONDS: Final = 30.0
"""How long anything that is done to a running listener may take."""
_SURROUNDINGS_NICENESS: Final = 10
_GARBAGE: Final = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
_Result = TypeVar("_Result")


class LineFault(StrEnum):
    """What happens to those who connect."""

    REFUSE = "refuse"
    """The port is held, and nobody listens at it."""
    HANG = "hang"
    """The connection is taken, what is sent is read, and nothing is answered."""
    RESET = "reset"
    """The connection is reset as soon as something has been sent."""
    TLS_GARBAGE = "tls_garbage"
    """The answer to a TLS handshake is not TLS."""
    TLS_UNTRUSTED = "tls_untrusted"
    """TLS with a certificate that its holder has signed himself."""


def give_way() -> None:
    """Let this thread run after the programs that it simulates the surroundings of.

    Vendors and users are no part of the machine that the service has in life.
    """
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _SURROUNDINGS_NICENESS)


class BackgroundLoop:
    """An event loop in a thread, for servers that callers of any kind start and steer."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(TimeoutError):
            self.call(_cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_SECONDS)
        self._loop.close()

    def _run(self) -> None:
        give_way()
        self._loop.run_forever()

    def call(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run a coroutine in the loop, and wait for what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(CALL_SECONDS)


class FaultyListener:
    """A loopback port at which every connection fails in one way; see `faulty_listener`."""

    def __init__(self, fault: LineFault, port: int) -> None:
        self.fault = fault
        self.port = port
        self.connections = 0
        """How many connections were taken."""

    @property
    def url(self) -> str:
        """The address to give to an HTTP client: `https` where TLS is what fails."""
        return f"{'https' if self.fault.name.startswith('TLS') else 'http'}://{HOST}:{self.port}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Fail one connection."""
        self.connections += 1
        try:
            sent = await reader.read(65536)
            if self.fault is LineFault.RESET:
                return reset(writer.transport)
            if self.fault is LineFault.TLS_GARBAGE:
                writer.write(_GARBAGE)
                await writer.drain()
            while self.fault is LineFault.HANG and sent:
                sent = await reader.read(65536)
        except OSError:  # the client has given up first, as it should
            return None
        except asyncio.CancelledError:  # the listener ends, and asyncio would report it as a fault
            return None
        finally:
            writer.close()


@contextmanager
def faulty_listener(fault: LineFault) -> Generator[FaultyListener]:
    """Hold a loopback port at which every connection fails in this way."""
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(reserved_port())
        listener = FaultyListener(fault, line.getsockname()[1])
        if fault is not LineFault.REFUSE:
            loop = stack.enter_context(BackgroundLoop(f"faulty-{fault}"))
            context = _untrusted() if fault is LineFault.TLS_UNTRUSTED else None
            server = loop.call(asyncio.start_server(listener.handle, sock=line, ssl=context))
            stack.callback(lambda: loop.call(_closed(server)))
        yield listener


@contextmanager
def reserved_port(port: int = 0) -> Generator[socket.socket]:
    """Bind a port of loopback without listening at it: connections are refused meanwhile."""
    # asyncio sends without delay only where the protocol is named
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind((HOST, port))
        yield line


def reset(transport: asyncio.WriteTransport) -> None:
    """End a connection with a reset, dropping what was not yet sent."""
    line = cast("socket.socket | None", transport.get_extra_info("socket"))
    if line is not None and not transport.is_closing():
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _closed(server: asyncio.Server) -> None:
    server.close()


async def _cancel_all() -> None:
    """Cancel what still runs in the loop, and wait until it has ended."""
    tasks = asyncio.all_tasks() - {cast("asyncio.Task[Any]", asyncio.current_task())}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _untrusted() -> ssl.SSLContext:
    """Return a server context with a new certificate that nobody but itself vouches for."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        chain = Path(folder, "chain.pem")
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        chain.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(chain)
    return context
