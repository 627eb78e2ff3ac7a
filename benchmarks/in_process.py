"""Blocks of `blocks.py` measured in turn, each in a process of its own on the servers' core."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.load import SERVER_CORE
from benchmarks.pairs import Pairs, alternate
from benchmarks.peers import variables_of


class Child:
    """A process that runs a block when it is asked to."""

    def __init__(self, process: subprocess.Popen[str], name: str) -> None:
        self._process = process
        self._name = name

    def measure(self) -> float:
        """Run one block, and return its time in seconds."""
        if self._process.stdin is None:
            raise RuntimeError("the child has no standard input")
        print(file=self._process.stdin, flush=True)
        return float(self.read())

    def read(self) -> str:
        """Return its next line; raises `RuntimeError` if it has ended."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"the block {self._name!r} ended early")
        return line


@contextlib.contextmanager
def child(name: str) -> Iterator[Child]:
    """Start the process of a block."""
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.blocks", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **variables_of(name, Path(home))},
            cwd=Path(__file__).parent.parent,
        )
        os.sched_setaffinity(process.pid, {SERVER_CORE})
        try:
            started = Child(process, name)
            started.read()
            yield started
        finally:
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def compare(reference: str, measured: str, rounds: int) -> Pairs:
    """Measure two blocks in turn."""
    with child(reference) as first, child(measured) as second:
        return alternate(first.measure, second.measure, rounds)
