"""What goes wrong before and below HTTP, told by its name, repeated only where that is safe."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.integration.providers.vendors import DIALOGUE, EFFECT, OPENAI_DIALOGUE, providers_at
from tests.integration.providers.workbench import Workbench

from asset_forge.asset_types import AssetType
from asset_forge.error_types import ErrorType
from asset_forge.generation.failures import ProviderFailed
from asset_forge.generation.providers.meshy_provider import MeshyProvider

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def meshy_at(url: str, seconds: float = 5.0) -> MeshyProvider:
    return MeshyProvider(
        "a-key-of-ours", base_url=url, model="meshy-6", poll_seconds=0.02, request_seconds=seconds
    )


async def failure_at(
    bench: Workbench, url: str, job_id: str, seconds: float = 5.0
) -> ProviderFailed:
    provider = meshy_at(url, seconds)
    try:
        with pytest.raises(ProviderFailed) as caught:
            await bench.generate(job_id, provider)
    finally:
        await provider.close()
    return caught.value


@asynccontextmanager
async def listening(handler: Handler, secured: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
    """Serve one handler on a free port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (ConnectionError, ssl.SSLError):
            return
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=secured)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    while await reader.read(65536):
        continue


async def test_a_host_that_does_not_resolve_is_a_fault_of_dns(bench: Workbench) -> None:
    job_id = await bench.job()
    failure = await failure_at(bench, "http://meshy.invalid", job_id, seconds=30.0)
    assert (failure.type, failure.definite) == (ErrorType.DNS, True)
    assert await bench.claims_of(job_id) == {}
    assert bench.errors() == {"dns": 4}


async def test_a_refused_connection_is_repeated_and_then_unavailable(bench: Workbench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    job_id = await bench.job()
    failure = await failure_at(bench, f"http://127.0.0.1:{port}", job_id)
    assert (failure.type, failure.definite) == (ErrorType.UNAVAILABLE, True)
    assert await bench.claims_of(job_id) == {}
    assert bench.errors() == {"unavailable": 4}


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def test_a_certificate_that_nobody_vouches_for_is_a_fault_of_tls(
    bench: Workbench, tmp_path: Path
) -> None:
    job_id = await bench.job()
    async with listening(hang, _self_signed(tmp_path)) as port:
        failure = await failure_at(bench, f"https://localhost:{port}", job_id)
    assert (failure.type, failure.definite) == (ErrorType.TLS, True)
    assert await bench.claims_of(job_id) == {}
    assert bench.errors() == {"tls": 1}, "a certificate does not get better"


async def test_a_server_that_speaks_no_tls_is_a_fault_of_tls(bench: Workbench) -> None:
    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.2)

    async with listening(babble) as port:
        failure = await failure_at(bench, f"https://127.0.0.1:{port}", await bench.job())
    assert failure.type is ErrorType.TLS


async def test_a_server_that_never_answers_is_a_timeout_after_one_paid_request(
    bench: Workbench,
) -> None:
    taken: list[bytes] = []

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(await reader.read(65536))
        await hang(reader, writer)

    job_id = await bench.job()
    async with listening(swallow) as port:
        failure = await failure_at(bench, f"http://127.0.0.1:{port}", job_id, seconds=1.0)
    assert (failure.type, failure.definite) == (ErrorType.TIMEOUT, False)
    assert sum(request.startswith(b"POST") for request in taken) == 1


async def test_a_server_that_hangs_up_is_asked_what_became_of_the_request_also_later(
    bench: Workbench,
) -> None:
    taken: list[bytes] = []

    async def hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        taken.append(await reader.read(65536))

    async with listening(hang_up) as port:
        failure = await failure_at(bench, f"http://127.0.0.1:{port}", await bench.job())
    assert (failure.type, failure.resumable) == (ErrorType.UNAVAILABLE, True)
    assert sum(request.startswith(b"POST") for request in taken) == 1
    assert any(b"GET /openapi/v2/text-to-3d?" in request for request in taken)


@asynccontextmanager
async def hanging_up_when_used_again(url: str) -> AsyncGenerator[str]:
    """Stand before the vendors, and close each connection at its second request: as a server does
    whose time for idle connections is over at that very moment."""
    host, port = url.removeprefix("http://").split(":")

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        vendor_reads, vendor_writes = await asyncio.open_connection(host, int(port))
        answered = False

        async def answer() -> None:
            nonlocal answered
            while chunk := await vendor_reads.read(65536):
                answered = True
                writer.write(chunk)

        answering = asyncio.create_task(answer())
        with contextlib.suppress(ConnectionError):
            while (chunk := await reader.read(65536)) and not answered:
                vendor_writes.write(chunk)
        answering.cancel()
        vendor_writes.transport.abort()

    async with listening(pass_on) as port_before:
        yield f"http://127.0.0.1:{port_before}"


@pytest.mark.parametrize(
    ("provider", "type_", "options"),
    [
        ("meshy", AssetType.WEAPON, {}),
        *((one.provider, one.type_, one.options) for one in (OPENAI_DIALOGUE, DIALOGUE, EFFECT)),
    ],
)
async def test_no_paid_request_is_lost_with_an_idle_connection_that_closes(
    bench: Workbench, url: str, provider: str, type_: AssetType, options: dict[str, object]
) -> None:
    async with hanging_up_when_used_again(url) as before, providers_at(before) as providers:
        for _ in range(2):
            job_id = await bench.job(type_)
            made = await bench.generate(job_id, providers[provider], type_=type_, **options)
            assert made.file_type


async def test_a_file_is_fetched_without_the_key(bench: Workbench) -> None:
    seen: list[bytes] = []

    async def hand_out(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with listening(hand_out) as port:
        job_id = await bench.job()
        bench.simulated.meshy.started = lambda task: setattr(
            task, "base_url", f"http://127.0.0.1:{port}"
        )
        with pytest.raises(ProviderFailed) as caught:
            await bench.generate(job_id)
    assert caught.value.type is ErrorType.DOWNLOAD_FAILED
    assert seen
    assert all(b"authorization" not in request.lower() for request in seen)
    assert all(key.encode() not in request for key in bench.keys for request in seen)


async def test_a_dead_provider_is_left_alone_and_says_so(bench: Workbench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    for _ in range(5):
        await failure_at(bench, f"http://127.0.0.1:{port}", await bench.job())
    sent = bench.metrics().total("ai_api_errors_total")
    failure = await failure_at(bench, f"http://127.0.0.1:{port}", await bench.job())
    assert "left alone" in failure.message
    assert bench.metrics().total("ai_api_errors_total") == sent
    assert bench.metrics().value("ai_circuit_breaker_state", provider="meshy") == 1
    assert bench.metrics().value("ai_circuit_breaker_state", provider="openai") == 0
    assert ("breaker open", {"provider": "meshy", "errorType": "unavailable"}) in bench.breadcrumbs
