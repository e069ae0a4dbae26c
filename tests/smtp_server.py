"""A real mail server on 127.0.0.1 for tests: takes mail over a socket, and refuses, breaks off or is gone when told to."""

import socketserver
import threading
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

OK = "250 2.0.0 Taken"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    mail: "MailServer"


class MailServer:
    """What was taken stands in `taken`, oldest first. `refuses` are answers by address to RCPT.

    `on_data` gets each whole mail before it is answered, and returns the answer; None breaks the connection off. An answer
    that begins with 2 takes the mail. `senders` is the answer to MAIL FROM, `greeting` the first line.
    """

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}
        self.on_data: Callable[[EmailMessage], str | None] = lambda mail: OK
        self.senders, self.greeting = OK, "220 test"
        self.connections = 0
        self.port = 0
        self.changed = threading.Condition()
        self._server: _Server | None = None

    def start(self) -> "MailServer":
        """Listen, after a `stop` on the same port."""
        self._server = _Server(("127.0.0.1", self.port), _Talk)
        self._server.mail, self.port = self, self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def take(self, raw: bytes) -> str | None:
        mail = message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        answer = self.on_data(mail)
        with self.changed:
            if answer is not None and answer.startswith("2"):
                self.taken.append(mail)
            self.changed.notify_all()
        return answer

    def wait_for(self, mails: int, seconds: float = 30) -> None:
        """Return when so many mails were taken; an AssertionError if they are not in time."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.taken) >= mails, seconds), self.addressees()

    def addressees(self) -> Counter[str]:
        """How often each address was written to."""
        return Counter(str(mail["To"]) for mail in self.taken)

    def __enter__(self) -> "MailServer":
        return self.start()

    def __exit__(self, *error: Any) -> None:
        self.stop()


class _Talk(socketserver.StreamRequestHandler):
    """One connection."""

    server: _Server

    def handle(self) -> None:
        mail = self.server.mail
        mail.connections += 1
        self.say(mail.greeting)
        while line := self.rfile.readline():
            words = line.decode().strip()
            verb = words[:4].upper()
            if verb == "EHLO":
                self.say("250-test", "250-8BITMIME", "250 ENHANCEDSTATUSCODES")
            elif verb == "MAIL":
                self.say(mail.senders)
            elif verb == "RCPT":
                address = words.partition("<")[2].partition(">")[0]
                self.say(mail.refuses.get(address, OK))
            elif verb == "DATA":
                self.say("354 Go on")
                answer = mail.take(self._body())
                if answer is None:
                    return
                self.say(answer)
            elif verb == "QUIT":
                self.say("221 Bye")
                return
            else:
                self.say(OK)

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
