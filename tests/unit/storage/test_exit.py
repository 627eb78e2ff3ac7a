"""A process that ends as soon as the store has answered ends with the code that it chose."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import asyncio, sys, threading, time
import anyio
from asset_forge.storage import open_store


class Lingering(asyncio.SelectorEventLoop):
    \"\"\"The client's thread stays in Python for a while after it has handed over a result.\"\"\"

    def call_soon_threadsafe(self, *args, **options):
        handle = super().call_soon_threadsafe(*args, **options)
        if threading.get_ident() not in {thread.ident for thread in threading.enumerate()}:
            time.sleep(0.2)
        return handle


class SlowToFlush:
    \"\"\"What the interpreter waits for in its end, when no thread may come back any more.\"\"\"

    closed = False

    def flush(self):
        time.sleep(0.5)


async def main(root):
    store = open_store("file://" + root)
    await store.put_bytes("assets/first", b"x")
    await store.size("assets/first")


sys.stdout = SlowToFlush()
anyio.run(main, sys.argv[1], backend_options={"loop_factory": Lingering})
sys.exit(7)
"""


def test_a_process_that_ends_after_an_answer_keeps_its_exit_code(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (7, "")
