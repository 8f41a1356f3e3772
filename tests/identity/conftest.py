"""Mail for the tests of accounts: a real server, and an installation that is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from accredit.config import Smtp
from accredit.identity import sending
from tests.identity.mail_server import Mailbox, MailServer


class Mailing:
    """The installation with its mail server: `send()` sends what waits."""

    def __init__(self, app: Flask, server: MailServer) -> None:
        self.app, self.server = app, server

    @property
    def box(self) -> Mailbox:
        return self.server.mailbox

    def send(self) -> int:
        return sending.send_due(self.app)


@pytest.fixture
def told(app: Flask) -> Iterator[Callable[..., None]]:
    """`told(base_url=…)` runs the installation under other settings."""
    before = app.config["SETTINGS"]

    def change(**settings: object) -> None:
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], **settings)

    yield change
    app.config["SETTINGS"] = before


@pytest.fixture
def mailing(app: Flask, told: Callable[..., None]) -> Iterator[Mailing]:
    server = MailServer()
    server.start()
    told(smtp=Smtp("127.0.0.1", server.port, "accredit@example.org", security="none"))
    yield Mailing(app, server)
    server.stop()
