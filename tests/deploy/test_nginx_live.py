"""The site of `deploy/nginx` on a real nginx, before a real service."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import ssl
import struct
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.deploy.manifests import DEPLOY
from tests.ports import free_port
from tests.served import PROGRAM, Server, ServerFactory, environment_of, serving, until
from tests.unit.monitoring.programs import program

from asset_forge.api.multipart import OVERHEAD
from asset_forge.generation.service import HEARTBEAT_SECONDS
from asset_forge.settings import Settings

SITE = (DEPLOY / "nginx" / "asset-forge.conf").read_text()
PASSWORD = "a long enough password"
ANOTHER_ADDRESS = "127.0.0.2"
"""Where clients come from: loopback too, and not a trusted proxy."""


@dataclass(frozen=True)
class Proxied:
    """A service, and the two ports of the nginx before it."""

    server: Server
    http: int
    https: int
    certificate: Path

    @contextmanager
    def client(self) -> Generator[httpx.Client]:
        """Open a client that comes from `ANOTHER_ADDRESS`."""
        transport = httpx.HTTPTransport(
            local_address=ANOTHER_ADDRESS,
            verify=ssl.create_default_context(cafile=str(self.certificate)),
        )
        url = f"https://127.0.0.1:{self.https}"
        with httpx.Client(base_url=url, transport=transport, timeout=60, trust_env=False) as client:
            yield client

    @contextmanager
    def signed_in(self) -> Generator[httpx.Client]:
        """Open a client with a session."""
        with self.client() as client:
            body = {"login": "olivia", "password": PASSWORD}
            answer = client.post("/api/auth/login", json=body)
            assert answer.status_code == 200, answer.text
            client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
            client.cookies.clear()
            yield client


@pytest.fixture(scope="module")
def proxied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxied]:
    """A service that does not run its jobs, behind nginx, with one user."""
    executable = program("nginx")
    home = tmp_path_factory.mktemp("proxied")
    with serving(request.config, home) as serve:
        server = serve_with_a_user(serve, home / "var")
        certificate, key = certify(home)
        http, https = free_port(), free_port()
        replaced = {
            "127.0.0.1:3004": f"127.0.0.1:{server.port}",
            "listen 80;": f"listen 127.0.0.1:{http};",
            "listen 443 ": f"listen 127.0.0.1:{https} ",
            "/etc/ssl/asset-forge/fullchain.pem": str(certificate),
            "/etc/ssl/asset-forge/key.pem": str(key),
        }
        site = SITE
        for old, new in replaced.items():
            assert site.count(old) == 1, old
            site = site.replace(old, new)
        with nginx(executable, site, home):
            until("nginx listens", lambda: listens(https), 30)
            yield Proxied(server, http, https, certificate)


def serve_with_a_user(serve: ServerFactory, data_dir: Path) -> Server:
    variables = {"AUTH_PROVIDERS": "local", "TRUSTED_PROXIES": "127.0.0.1", "RUN_JOBS": "false"}
    subprocess.run(
        [PROGRAM, "user", "create", "--login", "olivia", "--password-stdin"],
        input=PASSWORD,
        env=environment_of(data_dir),
        text=True,
        capture_output=True,
        timeout=60,
        check=True,
    )
    return serve(variables, data_dir=data_dir)


@contextmanager
def nginx(executable: str, site: str, home: Path) -> Generator[None]:
    """Run nginx with this site as its only one."""
    (home / "site.conf").write_text(site)
    places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"    {one}_temp_path {home}/{one};" for one in places)
    (home / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {home}/nginx.pid;\nerror_log {home}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}\ninclude {home}/site.conf;\n}}\n"
    )
    command = [executable, "-p", str(home), "-c", str(home / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr.replace('the "user" directive', ""), checked.stderr
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def certify(home: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1, and its key."""
    certificate, key = home / "certificate.pem", home / "key.pem"
    subprocess.run(
        [program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        capture_output=True,
        timeout=60,
        check=True,
    )  # fmt: skip
    return certificate, key


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def logged(server: Server, path: str) -> list[dict[str, Any]]:
    """Return the lines of the access log about a path."""
    lines = [line for line in server.lines() if line.startswith("{")]
    return [one for one in map(json.loads, lines) if one.get("path") == path]


def test_plain_http_is_sent_to_https_and_metrics_stay_inside(proxied: Proxied) -> None:
    plain = httpx.get(f"http://127.0.0.1:{proxied.http}/api/assets?q=1", trust_env=False)
    assert plain.status_code == 308
    assert plain.headers["location"] == "https://127.0.0.1/api/assets?q=1"
    with proxied.client() as client:
        ready = client.get("/api/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        assert ready.headers["strict-transport-security"].startswith("max-age=")
        for path in ("/metrics", "/metrics/business"):
            assert client.get(path).status_code == 404
    assert proxied.server.request("GET", "/metrics").status_code == 200


def test_the_client_is_who_connects_to_nginx_whatever_it_says_itself(proxied: Proxied) -> None:
    with proxied.client() as client:
        client.get(
            "/api/assets", headers={"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "1.1.1.1"}
        )
    lines = until("the request is logged", lambda: logged(proxied.server, "/api/assets"), 30)
    assert [line["client"] for line in lines] == [ANOTHER_ADDRESS]


def test_a_session_behind_tls_has_a_secure_cookie(proxied: Proxied) -> None:
    with proxied.client() as client:
        body = {"login": "olivia", "password": PASSWORD}
        cookie = client.post("/api/auth/login", json=body).headers["set-cookie"]
    assert re.search(r";\s*Secure(;|$)", cookie)
    direct = proxied.server.request("POST", "/api/auth/login", json=body)
    assert "Secure" not in direct.headers["set-cookie"]


def test_events_arrive_as_they_happen(proxied: Proxied) -> None:
    with proxied.signed_in() as client:
        body = {"name": "Bell", "type": "sound_effect", "prompt": "a bell", "seed": 1}
        job = client.post("/api/generation", json=body).json()["id"]
        # The job waits for a worker that there is not, so that the stream stays open.
        with client.stream("GET", f"/api/generation/{job}/events", timeout=20) as stream:
            lines = stream.iter_lines()
            statuses = [next_status(lines)]
            assert client.post(f"/api/generation/{job}/cancel").status_code == 202
            while statuses[-1] != "cancelled":
                statuses.append(next_status(lines))
            assert list(lines) in ([], [""])
    assert statuses[0] == "queued"


def next_status(lines: Iterator[str]) -> str:
    """Return the status in the next event."""
    data = next(line for line in lines if line.startswith("data:"))
    return str(json.loads(data.removeprefix("data:"))["status"])


def test_a_large_file_goes_in_and_comes_out_whole(proxied: Proxied, tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    samples = 64 << 20
    header = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + samples, b"WAVEfmt ", 16, 1, 1, 44100,
                         88200, 2, 16, b"data", samples)  # fmt: skip
    path.write_bytes(header + bytes(range(256)) * (samples // 256))
    with proxied.signed_in() as client, path.open("rb") as file:
        form = {"name": "Long", "type": "music"}
        answer = client.post("/api/assets", data=form, files={"file": ("long.wav", file)})
        assert answer.status_code == 201, answer.text
        digest, count = hashlib.sha256(), 0
        with client.stream("GET", f"/api/assets/{answer.json()['id']}/file") as stream:
            for chunk in stream.iter_bytes():
                digest.update(chunk)
                count += len(chunk)
    assert count == path.stat().st_size
    assert digest.hexdigest() == hashlib.sha256(path.read_bytes()).hexdigest()


def test_its_limits_are_those_of_the_service() -> None:
    largest = Settings.model_fields["max_upload_bytes"].default + OVERHEAD
    (size,) = re.findall(r"client_max_body_size (\d+)m;", SITE)
    assert int(size) << 20 == largest
    (patience,) = re.findall(r"proxy_read_timeout (\d+)s;", SITE)
    assert int(patience) > 2 * HEARTBEAT_SECONDS
