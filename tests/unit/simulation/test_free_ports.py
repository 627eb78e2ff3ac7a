"""Ports for the programs of a stack, which are taken some time after they were given."""

from __future__ import annotations

import socket

import pytest

from asset_forge.faults import Unavailable
from asset_forge.simulation.programs import free_port


def test_a_port_is_given_once_and_only_while_it_is_free() -> None:
    among = range(9_300, 9_320)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        with pytest.raises(Unavailable, match="no port of 127"):
            free_port(range(taken, taken + 1))
    ports = [free_port(among) for _ in range(10)]
    assert len(set(ports)) == 10
    assert set(ports) <= set(among)
