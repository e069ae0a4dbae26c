"""Notices a PostgreSQL that is there and answers nothing, as when its machine or its disk is frozen.

Its kernel still acknowledges every packet, so no setting of TCP ends the wait, and a limit on statements is kept by the
server that no longer runs. Here whoever waits asks, after a second, for the first byte of another connection: a server
that only works long on a statement gives it at once.
"""

import select
import socket
import struct
import time
from typing import Any

import psycopg2
from django.conf import settings
from psycopg2 import extensions

# How long one waits before the server is asked whether it is there, and how long for its answer to that.
PATIENCE = 1.0
ANSWER_SECONDS = 1.0
# After it gave none, others do not wait for so long: within this many seconds they are refused at once.
SILENT_SECONDS = 1.0
PATIENCE_WHILE_SILENT = 0.05
# The first packet of a client that asks for TLS; every server and pooler answers it with one byte before anything else.
TLS_REQUEST = struct.pack("!ii", 8, 80_877_103)
SOCKET_FOLDER = "/var/run/postgresql"

EVENTS = {extensions.POLL_READ: select.POLLIN, extensions.POLL_WRITE: select.POLLOUT}


class Silence:
    """Waits for one server's answers on behalf of psycopg2. Shared by all threads of a process."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.until = 0.0

    def server_answers(self) -> bool:
        """Return whether the server gives the first byte of a new connection within ANSWER_SECONDS."""
        try:
            with self._connection() as probe:
                probe.sendall(TLS_REQUEST)
                return bool(probe.recv(1))
        except OSError:
            return False

    def _connection(self) -> socket.socket:
        if self.host and not self.host.startswith("/"):
            return socket.create_connection((self.host, self.port), ANSWER_SECONDS)
        probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        probe.settimeout(ANSWER_SECONDS)
        try:
            probe.connect(f"{self.host or SOCKET_FOLDER}/.s.PGSQL.{self.port}")
        except OSError:
            probe.close()
            raise
        return probe

    def wait(self, connection: Any) -> None:
        """Return when psycopg2's connection has what it waits for; raise OperationalError where the server is silent.

        A statement may take as long as it likes while the server answers others.
        """
        patience = PATIENCE
        while (state := connection.poll()) != extensions.POLL_OK:
            is_silent = time.monotonic() < self.until
            waiting = select.poll()
            waiting.register(connection.fileno(), EVENTS[state])
            if waiting.poll(1000 * (PATIENCE_WHILE_SILENT if is_silent else patience)):
                continue
            if is_silent or not self.server_answers():
                if not is_silent:
                    self.until = time.monotonic() + SILENT_SECONDS
                raise psycopg2.OperationalError("The database server is there and answers nothing.")
            patience = min(2 * patience, 60.0)


def watch_database() -> None:
    """Let this process notice a silent PostgreSQL: for the web server, whose pages must answer. Nothing on SQLite."""
    database = settings.DATABASES["default"]
    host = str(database["HOST"])
    if database["ENGINE"].endswith("postgresql") and "," not in host:
        extensions.set_wait_callback(Silence(host, int(database["PORT"] or 5432)).wait)
