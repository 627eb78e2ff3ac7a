"""Starts that cannot be: one clear line each, exit code 2, and nothing listens."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from tests.ports import free_port
from tests.served import PROGRAM, ServerFactory, environment_of, until
from tests.system.namespaces import serve_after

LIMIT_SECONDS = 60.0
"""Generous, for a busy machine; a start that hangs is killed after it, and fails."""

SECRET = "s3cr3t-that-nobody-may-read"


def start(
    data_dir: Path,
    variables: Mapping[str, str] | None = None,
    command: Sequence[str] = (PROGRAM, "serve"),
) -> tuple[int, list[str]]:
    """Try to start a server; return the exit code and the lines that it printed."""
    ran = subprocess.run(
        command,
        env=environment_of(data_dir, variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=LIMIT_SECONDS,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout.splitlines()


def assert_refused(
    data_dir: Path,
    *said: str,
    variables: Mapping[str, str] | None = None,
    command: Sequence[str] = (PROGRAM, "serve"),
) -> None:
    """Hold a start to one line that says all this, and to leaving its port alone."""
    port = free_port()
    with closing(socket.socket()) as client:
        code, lines = start(data_dir, {"PORT": str(port)} | dict(variables or {}), command)
        assert client.connect_ex(("127.0.0.1", port)) != 0, "something listens"
    assert code == 2, lines
    assert len(lines) == 1, lines
    assert lines[0].startswith("asset-forge: ")
    assert [words for words in said if words not in lines[0]] == [], lines[0]


def test_a_file_in_the_data_directorys_place(tmp_path: Path) -> None:
    place = tmp_path / "var"
    place.write_text("not a directory")
    assert_refused(place, "ASSET_FORGE_DATA_DIR", str(place), "name another one")
    assert place.read_text() == "not a directory"


def test_a_read_only_data_directory(tmp_path: Path) -> None:
    place = tmp_path / "var"
    place.mkdir()
    command = serve_after(
        f"mount --bind '{place}' '{place}'", f"mount -o remount,ro,bind '{place}'"
    )
    assert_refused(
        place,
        "ASSET_FORGE_DATA_DIR",
        str(place),
        "Read-only file system",
        "writable for this user",
        command=command,
    )


@pytest.mark.parametrize("name", ["objects", "tmp", "executors"])
def test_a_file_in_the_place_of_a_directory_inside_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("not a directory")
    assert_refused(tmp_path, name, "ASSET_FORGE_DATA_DIR")


@pytest.mark.parametrize(("name", "consequences"), [("metrics", 2), ("errors.db", 1)])
def test_telemetry_that_cannot_be_kept_is_told_and_costs_no_start(
    serve: ServerFactory, tmp_path: Path, name: str, consequences: int
) -> None:
    data_dir = tmp_path / "var"
    data_dir.mkdir()
    (data_dir / name).write_bytes(b"neither a directory nor a database, " * 1000)
    server = serve(data_dir=data_dir)

    def told() -> list[str]:
        return [line for line in server.output().splitlines() if str(data_dir / name) in line]

    until("each consequence is told", lambda: len(told()) >= consequences)
    assert server.scrape().families
    assert server.request("GET", "/api/assets").status_code == 200
    assert len(told()) == consequences, server.output()


def test_a_port_in_use(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, lines = start(tmp_path / "var", {"PORT": str(port)})
    assert code == 2
    assert len(lines) == 1, lines
    assert f"PORT={port}" in lines[0]
    assert "Address already in use" in lines[0]
    assert "set another PORT" in lines[0]


@pytest.mark.parametrize("name", ["asset-forge.db", "jobs.db"])
def test_a_database_file_that_is_none(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"this is no database at all, " * 1000)
    assert_refused(tmp_path, str(tmp_path / name))


def test_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    port = free_port()
    url = f"postgresql://forge:{SECRET}@127.0.0.1:{port}/forge"
    code, lines = start(tmp_path, {"DATABASE_URL": url})
    assert code == 2
    assert len(lines) == 1, lines
    assert "DATABASE_URL" in lines[0]
    assert str(port) in lines[0]
    assert SECRET not in lines[0]


def test_every_bad_value_is_named_at_once_and_no_secret_is_shown(tmp_path: Path) -> None:
    bad = {
        "PORT": "70000",
        "ENVIRONMENT": "moon",
        "LOG_LEVEL": "loud",
        "JOB_CONCURRENCY": "0",
        "RUN_JOBS": "perhaps",
        "DATABASE_URL": f"mysql://forge:{SECRET}@localhost/forge",
        "SENTRY_DSN": SECRET,
        "AUTH_PROVIDERS": "local,oracle",
        "MAX_UPLOAD_BYTES": "many",
    }
    code, lines = start(tmp_path / "var", bad)
    assert code == 2
    assert {line.split()[1].split("=")[0].rstrip(":") for line in lines} == set(bad)
    assert all(line.startswith("asset-forge: ") for line in lines)
    said = "\n".join(lines)
    assert SECRET not in said
    for variable, allowed in {
        "PORT='70000'": "65535",
        "ENVIRONMENT='moon'": "production",
        "LOG_LEVEL='loud'": "warning",
        "JOB_CONCURRENCY='0'": "1",
        "AUTH_PROVIDERS=": "local",
        "DATABASE_URL": "postgresql://",
    }.items():
        (line,) = (line for line in lines if variable in line)
        assert allowed in line
    assert not (tmp_path / "var").exists()


def test_other_machines_may_not_reach_a_service_without_sign_in(tmp_path: Path) -> None:
    assert_refused(
        tmp_path / "var",
        "HOST='0.0.0.0'",
        "AUTH_PROVIDERS=local",
        "ALLOW_ANONYMOUS=true",
        variables={"HOST": "0.0.0.0"},
    )
