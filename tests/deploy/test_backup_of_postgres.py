"""The commands that docs/deployment.md gives for Postgres bring everything back."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.databases import PostgresServer, find_postgres
from tests.deploy.manifests import ROOT
from tests.served import PROGRAM, ServerFactory, environment_of

GUIDE = (ROOT / "docs" / "deployment.md").read_text()


def commands(beginning: str) -> str:
    """Return the one block of the guide that begins with these words."""
    (found,) = re.findall(rf"```sh\n({re.escape(beginning)}.*?)```", GUIDE, re.DOTALL)
    return str(found)


@pytest.fixture
def programs() -> str:
    """A PATH with the tools of the server's own version, and with `asset-forge`."""
    found = find_postgres()
    assert found is not None
    return f"{found}:{Path(PROGRAM).parent}:{os.environ['PATH']}"


def test_a_dump_restored_elsewhere_has_the_users_the_jobs_and_the_assets(
    postgres_server: PostgresServer, programs: str, serve: ServerFactory, tmp_path: Path
) -> None:
    first = postgres_server.url(postgres_server.create_database())
    second = postgres_server.url(postgres_server.create_database("template0"))
    addresses = {"DATABASE_URL": first, "RESTORED_URL": second, "PATH": programs}

    def run(block: str) -> str:
        ran = subprocess.run(
            ["bash", "-euc", block],
            cwd=tmp_path,
            env=environment_of(tmp_path / "var", addresses),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    run("asset-forge migrate")
    server = serve({"DATABASE_URL": first})
    job = server.ended(server.submit("dialogue", "a gruff gate guard", options={"nodes": 6}))
    waiting = server.get("/api/generation")["items"]
    run(commands("pg_dump"))
    assert server.stop() == 0
    assert "schema revision" in run(commands("pg_restore"))
    restored = serve({"DATABASE_URL": second})
    assert restored.get("/api/generation")["items"] == waiting
    assert restored.get(f"/api/assets/{job['assetId']}")["name"] == "a gruff gate guard"
    again = restored.ended(restored.submit("dialogue", "another guard", options={"nodes": 6}))
    assert again["status"] == "succeeded"
