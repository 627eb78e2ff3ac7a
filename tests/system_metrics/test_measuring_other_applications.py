"""Any ASGI application is measured in one line, and nothing of the service comes with it."""

from __future__ import annotations

import subprocess
import sys

import pytest

STARLETTE = """
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

async def item(request):
    return PlainTextResponse("one")

inner = Starlette(routes=[Route("/parts/{part}", item)])
app = Starlette(routes=[Route("/items/{item_id:int}", item), Mount("/sub/{tenant}", app=inner)])
"""
FASTAPI = """
from fastapi import FastAPI

app, inner = FastAPI(), FastAPI()

@app.get("/items/{item_id}")
async def item(item_id: int) -> str:
    return "one"

@inner.get("/parts/{part}")
async def part(part: str) -> str:
    return "one"

app.mount("/sub/{tenant}", inner)
"""
CHECK = """
import asyncio, sys
from asset_forge.observability.http import DECLARATIONS, ObservedApplication
from asset_forge.observability.metrics import Registry

measured = ObservedApplication(app, registry := Registry(DECLARATIONS, strict=True), strict=True)

async def ask(path):
    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}
    async def send(message):
        pass
    await measured({"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1",
        "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(), "state": {},
        "query_string": b"", "root_path": "", "headers": [], "client": None, "server": None},
        receive, send)

for path in ("/items/1", "/items/2", "/sub/acme/parts/a", "/sub/zoo/parts/b", "/nowhere"):
    asyncio.run(ask(path))

def counted(path, status):
    return registry.value("http_requests_total", method="GET", path=path, status_code=status)

assert counted("/items/{item_id}", "200") == 2
assert counted("/sub/{tenant}/parts/{part}", "200") == 2
assert counted("unmatched", "404") == 1
named = [name for name in sys.modules if name.startswith("asset_forge")]
others = {name for name in named if not name.startswith("asset_forge.observability")}
assert others == {"asset_forge"}, others
print("measured")
"""


@pytest.mark.parametrize("framework", [STARLETTE, FASTAPI], ids=["Starlette", "FastAPI"])
def test_an_application_is_measured_in_one_line_without_the_service(framework: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", framework + CHECK],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "measured\n"), ran.stderr
