"""A real mail server in a thread, which keeps what it takes."""

from __future__ import annotations

import re
import socket
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Mailbox:
    """What the server took: envelopes and messages; `refuses` is an answer instead of taking."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.raw: list[bytes] = []
        self.refuses: str | None = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        self.raw.append(bytes(envelope.content))
        self.messages.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"

    def text(self, number: int = -1) -> str:
        return self.messages[number].get_body(("plain",)).get_content().replace("\r\n", "\n")

    def html(self, number: int = -1) -> str:
        return self.messages[number].get_body(("html",)).get_content()

    def link(self, number: int = -1) -> str:
        """The path of the link in a mail."""
        found = re.search(r"^(https?://\S+)$", self.text(number), re.MULTILINE)
        assert found, self.text(number)
        return found[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """`start()` and `stop()` it as somebody pulls the plug."""

    def __init__(self, **options) -> None:
        self.mailbox = Mailbox()
        self.port = free_port()
        self._options = options
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(
            self.mailbox, hostname="127.0.0.1", port=self.port, **self._options
        )
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


def takes(user: str, password: str):
    """An authenticator that knows one account."""

    def check(_server, _session, _envelope, _mechanism, data):
        right = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=right)

    return check
