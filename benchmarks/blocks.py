"""What is measured inside one process: each name in `BLOCKS` makes a function that runs a block of
work and returns the CPU time of one piece of it, in seconds.

A block lives in a process of its own (`python -m benchmarks.blocks NAME`), pinned, and runs one
block for each line that it reads: so two of them can be measured in turn.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import blocks_of_metrics, blocks_of_requests

Block = Callable[[], float]

BLOCKS: dict[str, Callable[[Path], Block]] = {
    **blocks_of_metrics.BLOCKS,
    **blocks_of_requests.BLOCKS,
}


def main() -> None:
    """Answer each line of standard input with the time of one block."""
    directory = Path(tempfile.mkdtemp(dir=os.environ["BENCH_DIR"]))
    block = BLOCKS[sys.argv[1]](directory)
    block()
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(block()), flush=True)


if __name__ == "__main__":
    main()
