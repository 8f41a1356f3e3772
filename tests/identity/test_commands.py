"""Mails and second factors from the command line, and the sender beside the server."""

from __future__ import annotations

import time

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from accredit.audit import Event
from accredit.cli import cli
from accredit.identity.models import Mail, Person, SecondFactor
from accredit.identity.sending import Sender
from tests.identity.steps import is_in


@pytest.fixture
def command(app, world, mailing, monkeypatch):
    """Run a command on the database of the test, with the mail server of the test."""
    settings = world.settings
    for name, value in {
        "ACCREDIT_MODE": "test",
        "ACCREDIT_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "ACCREDIT_PASSWORD_SALT": settings.password_salt,
        "ACCREDIT_BASE_URL": settings.base_url,
        "ACCREDIT_SMTP_HOST": "127.0.0.1",
        "ACCREDIT_SMTP_PORT": str(mailing.server.port),
        "ACCREDIT_SMTP_SECURITY": "none",
        "ACCREDIT_MAIL_FROM": "accredit@example.org",
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *arguments: CliRunner().invoke(cli, arguments)


def test_the_command_sends_what_waits(browse, cast, mailing, command):
    browse().post("/forgotten", {"email": cast.leader.email})
    answer = command("mail", "send")
    assert (answer.exit_code, answer.output) == (0, "1 sent, 0 still waiting\n")
    assert mailing.box.envelopes[0][1] == [cast.leader.email]
    assert command("mail", "send").output == "0 sent, 0 still waiting\n"


def test_the_command_says_what_it_could_not_send(browse, cast, mailing, command):
    browse().post("/forgotten", {"email": cast.leader.email})
    mailing.server.stop()
    answer = command("mail", "send")
    assert (answer.exit_code, answer.output) == (1, "0 sent, 1 still waiting\n")


def test_without_a_mail_server_the_command_says_what_to_set(command, monkeypatch):
    monkeypatch.delenv("ACCREDIT_SMTP_HOST")
    answer = command("mail", "send")
    assert answer.exit_code == 1
    assert "ACCREDIT_SMTP_HOST" in answer.output


def test_the_operator_takes_a_factor_away_with_a_reason(browse, cast, command, arrange, mailing):
    email = cast.administrator.email
    assert command("account", "forget-second-factor", email).exit_code == 2
    answer = command("account", "forget-second-factor", email, "--reason", "lost at sea")
    assert answer.exit_code == 0, answer.output
    with arrange() as session:
        assert session.get(Person, cast.administrator.id).second_factor_at is None
        held = select(SecondFactor).where(SecondFactor.person_id == cast.administrator.id)
        assert session.scalar(held) is None
        event = session.scalar(select(Event).where(Event.action == "person.factors_reset"))
        assert "lost at sea" in event.details
    assert not is_in(browse(cast.administrator))
    assert mailing.send() == 1
    unknown = command("account", "forget-second-factor", "nobody@example.org", "--reason", "x")
    assert unknown.exit_code == 1


def test_the_sender_beside_the_server_sends_by_itself(app, browse, cast, mailing, arrange):
    browse().post("/forgotten", {"email": cast.leader.email})
    sender = Sender(app)
    sender.wake()
    sender.wake()
    end = time.monotonic() + 20
    while not mailing.box.messages and time.monotonic() < end:
        time.sleep(0.05)
    assert len(mailing.box.messages) == 1
    while time.monotonic() < end:
        with arrange() as session:
            if session.scalar(select(Mail.state)) == "sent":
                break
        time.sleep(0.05)
    else:
        raise AssertionError("the mail is not marked as sent")
