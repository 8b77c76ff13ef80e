"""Ports for programs that the tests start."""

from __future__ import annotations

import secrets
import socket


def two_free_ports() -> int:
    """Find a port whose neighbour is free too, below the range that the system hands out to clients."""
    for _ in range(200):
        port = 10_000 + 2 * secrets.randbelow(5_000)
        if all(is_free(one) for one in (port, port + 1)):
            return port
    raise RuntimeError("no two free ports")


def free_port() -> int:
    """Find one port there: one that the system hands out may be some client's before its server stands."""
    return two_free_ports()


def is_free(port: int) -> bool:
    """Say whether nobody listens there."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
