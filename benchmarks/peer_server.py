"""One row of `peers.BUILDERS` behind uvicorn; arguments: descriptor, framework, measurement."""

from __future__ import annotations

import gc
import socket
import sys

import uvicorn
from benchmarks.peers import BUILDERS


def main() -> None:
    """Serve until terminated."""
    descriptor, framework, measurement = sys.argv[1:]
    app = BUILDERS[framework][measurement]()
    config = uvicorn.Config(
        app, log_level="critical", log_config=None, access_log=False, lifespan="off"
    )
    gc.collect()
    gc.freeze()
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(descriptor))])


if __name__ == "__main__":
    main()
