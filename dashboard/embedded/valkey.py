"""The embedded Valkey: broker, channel layer and cache, on a Unix socket, kept on disk."""

from __future__ import annotations

import contextlib
import signal

import redis

from dashboard.embedded import identity
from dashboard.embedded.binaries import valkey_program
from dashboard.embedded.child import Program
from dashboard.embedded.places import Places

NAME = "valkey"


class Valkey:
    """One server under one home."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def prepare(self) -> None:
        """End the server of a start that was killed: two must never write to one append-only file."""
        identity.end_leftover(self._places.pids / NAME, stop_signal=signal.SIGTERM, grace_s=10.0)

    def program(self) -> Program:
        """Return how to run the server; by default it would keep nothing."""
        options = {
            "port": "0",
            "unixsocket": str(self._places.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(self._places.valkey_data),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        settings = [part for name, value in options.items() for part in (f"--{name}", value)]
        return Program(name=NAME, command=(str(valkey_program()), *settings), is_ready=self.is_ready)

    def is_ready(self) -> bool:
        """Ask the server to answer a ping; while it loads its data it does not."""
        return answers(str(self._places.valkey_socket))


def answers(socket: str) -> bool:
    """Ask the server behind a Unix socket for a pong."""
    client = redis.Redis(unix_socket_path=socket, socket_timeout=5)
    with contextlib.suppress(redis.RedisError, OSError), client:
        return bool(client.ping())
    return False
