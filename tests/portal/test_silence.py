"""Asking a database server for a sign of life: a server that gives one, one that gives none, and none at all."""

import socket
import threading

import psycopg2
import pytest
from psycopg2 import extensions

from portal import silence
from portal.silence import Silence


@pytest.fixture(autouse=True)
def short(monkeypatch):
    for name in ("PATIENCE", "ANSWER_SECONDS", "PATIENCE_WHILE_SILENT"):
        monkeypatch.setattr(silence, name, 0.05)


@pytest.fixture(params=["tcp", "socket in a folder"])
def server(request, tmp_path):
    """A listening server that answers nothing by itself, and how it is called."""
    if request.param == "tcp":
        listening = socket.create_server(("127.0.0.1", 0))
        where = ("127.0.0.1", listening.getsockname()[1])
    else:
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(f"{tmp_path}/.s.PGSQL.5432")
        listening.listen()
        where = (str(tmp_path), 5432)
    with listening:
        yield listening, Silence(*where)


def answer_once(listening: socket.socket) -> threading.Thread:
    def answer():
        with listening.accept()[0] as client:
            assert client.recv(8) == silence.TLS_REQUEST
            client.sendall(b"N")

    thread = threading.Thread(target=answer)
    thread.start()
    return thread


def test_server_that_answers_is_told_from_a_silent_one_and_from_none(server):
    listening, silent = server
    assert silent.server_answers() is False
    listening.accept()[0].close()
    thread = answer_once(listening)
    assert silent.server_answers() is True
    thread.join()
    listening.close()
    assert silent.server_answers() is False


class Statement:
    """A connection whose answer comes after it was asked for it so many times."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.here, self.there = socket.socketpair()

    def fileno(self) -> int:
        return self.here.fileno()

    def poll(self) -> int:
        self.left -= 1
        return extensions.POLL_OK if self.left < 0 else extensions.POLL_READ

    def close(self) -> None:
        self.here.close()
        self.there.close()


@pytest.fixture
def statement():
    made = Statement(3)
    yield made
    made.close()


def test_long_statement_of_a_server_that_lives_is_waited_for(monkeypatch, statement):
    asked = []
    watch = Silence("", 5432)
    monkeypatch.setattr(watch, "server_answers", lambda: asked.append(1) or True)
    watch.wait(statement)
    assert (len(asked), watch.until) == (3, 0.0)


def test_silent_server_is_asked_once_and_others_are_refused_at_once(monkeypatch, statement):
    asked = []
    watch = Silence("", 5432)
    monkeypatch.setattr(watch, "server_answers", lambda: asked.append(1) and False)
    for _n in range(3):
        with pytest.raises(psycopg2.OperationalError):
            watch.wait(statement)
    assert len(asked) == 1
    # Silence that is over is found anew.
    watch.until = 0.0
    statement.left = 3
    with pytest.raises(psycopg2.OperationalError):
        watch.wait(statement)
    assert len(asked) == 2


def test_answer_that_comes_while_others_find_silence_is_taken(monkeypatch, statement):
    watch = Silence("", 5432)
    watch.until = float("inf")
    statement.there.sendall(b"x")
    watch.wait(statement)
    assert statement.left == -1
