"""Mails held back since a backup was restored: listed, released, dropped where too old."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from accredit.audit import Event
from accredit.cli import cli
from accredit.database import db
from accredit.identity import outbox
from accredit.identity.letters import MailKind
from accredit.identity.models import Mail
from accredit.trail import checking


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
    return lambda *arguments: CliRunner().invoke(cli, ("mail", *arguments))


@pytest.fixture
def held(arrange, cast, command) -> dict[str, int]:
    """An invitation and a request for a password held back, one of them asked for long ago,
    and a mail that merely waits."""
    now = datetime.now(UTC)
    asked = {
        "invitation": (MailKind.INVITATION, cast.nobody, now - timedelta(days=2)),
        "old": (MailKind.RESET, cast.leader, now - timedelta(hours=3)),
        "told": (MailKind.PASSWORD_CHANGED, cast.contributor, now - timedelta(hours=1)),
        "waits": (MailKind.PASSWORD_CHANGED, cast.observer, now),
    }
    numbers = {}
    with arrange() as session:
        for name, (kind, actor, at) in asked.items():
            outbox.put(session, kind, actor.email, person_id=actor.id, at=at)
            numbers[name] = max(session.scalars(select(Mail.id)))
    with arrange() as session:
        session.execute(
            text("UPDATE mail SET state = 'held' WHERE id <> :waits"), {"waits": numbers["waits"]}
        )
    return numbers


def states(arrange) -> dict[int, str]:
    with arrange() as session:
        return {mail.id: mail.state for mail in session.scalars(select(Mail))}


def test_the_list_tells_what_was_not_sent_the_oldest_first(held, command, cast):
    lines = command("list").output.splitlines()
    assert [line.split()[1] for line in lines] == ["held", "held", "held", "waiting"]
    assert [int(line.split()[0]) for line in lines] == list(held.values())
    rows = json.loads(command("list", "--held", "--json").output)
    assert [row["number"] for row in rows] == [held["invitation"], held["old"], held["told"]]
    assert rows[0]["address"] == cast.nobody.email
    assert rows[0]["kind"] == "invitation"
    assert rows[0]["queued_at"].endswith("+00:00")


def test_an_empty_list_says_so(command):
    assert command("list").output == "No mail waits.\n"
    assert command("list", "--held").output == "No mail is held back.\n"
    assert json.loads(command("list", "--json").output) == []


@pytest.mark.block("N", "mails wait until confirmed")
def test_a_held_mail_is_not_sent_by_anything_else(held, command, mailing):
    assert mailing.send() == 1
    assert len(mailing.box.messages) == 1


def test_one_is_released_by_its_number_and_then_sent(held, command, mailing, arrange, cast):
    answer = command("release", str(held["told"]))
    assert answer.exit_code == 0
    assert answer.output.startswith("1 released, 0 dropped")
    assert "accredit mail send" in answer.output
    assert states(arrange)[held["told"]] == "waiting"
    assert states(arrange)[held["invitation"]] == "held"
    assert mailing.send() == 2
    assert [cast.contributor.email] in [to for _from, to, *_ in mailing.box.envelopes]


def test_all_are_released_but_what_ran_out_is_dropped(held, command, mailing, arrange):
    answer = command("release", "--all", "--json")
    assert json.loads(answer.output) == {
        "released": [held["invitation"], held["told"]],
        "dropped": [held["old"]],
    }
    assert states(arrange)[held["old"]] == "dropped"
    assert mailing.send() == 3
    assert json.loads(command("list", "--held", "--json").output) == []


def test_releasing_is_an_event_and_the_trail_holds(held, command, arrange, app, world):
    command("release", "--all")
    with arrange() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert (event.action, event.subject_type, event.person_id) == (
            "mail.released",
            "mail",
            None,
        )
        assert json.loads(event.details) == {
            "released": f"{held['invitation']}, {held['told']}",
            "dropped": str(held["old"]),
        }
    with app.app_context():
        altered = [
            item
            for item in checking.check_all(db.engine, world.settings, files=False).findings
            # The mails were put there by this test, without an event.
            if item.table != "mail"
        ]
    assert altered == []


def test_releasing_nothing_is_no_event(command, arrange):
    assert json.loads(command("release", "--all", "--json").output) == {
        "released": [],
        "dropped": [],
    }
    with arrange() as session:
        assert session.scalar(select(Event.id).where(Event.action == "mail.released")) is None


def test_a_number_that_is_not_held_changes_nothing(held, command, arrange):
    answer = command("release", str(held["told"]), str(held["waits"]))
    assert answer.exit_code == 1
    assert f"No mail {held['waits']} is held back" in answer.output
    assert states(arrange)[held["told"]] == "held"
    assert command("release", "999999").exit_code == 1


def test_what_is_dropped_nobody_ever_gets(held, command, mailing, arrange):
    answer = command("drop", str(held["told"]), "--json")
    assert json.loads(answer.output) == {"dropped": [held["told"]]}
    assert states(arrange)[held["told"]] == "dropped"
    assert states(arrange)[held["invitation"]] == "held", "the others wait on"
    assert command("release", str(held["told"])).exit_code == 1
    assert mailing.send() == 1, "the one that was never held"

    assert command("drop", "--all").output == "2 dropped\n"
    assert mailing.send() == 0
    with arrange() as session:
        told = session.scalars(select(Event).where(Event.action == "mail.dropped"))
        assert [json.loads(event.details)["given_up"] for event in told] == [
            str(held["told"]),
            f"{held['invitation']}, {held['old']}",
        ]


def test_dropping_nothing_is_no_event(command, held, arrange):
    assert command("drop", str(held["waits"])).exit_code == 1
    assert states(arrange)[held["waits"]] == "waiting"
    command("drop", "--all")
    assert command("drop", "--all").output == "0 dropped\n"
    with arrange() as session:
        assert len(session.scalars(select(Event).where(Event.action == "mail.dropped")).all()) == 1


@pytest.mark.parametrize("arguments", [(), ("1", "--all"), ("x",), ("0",)])
def test_wrong_usage_is_told_so(command, arguments):
    assert command("release", *arguments).exit_code == 2
    assert command("drop", *arguments).exit_code == 2


def test_the_trail_tells_it_in_words(held, command, browse, cast):
    command("drop", str(held["told"]))
    page = browse(cast.administrator).get("/trail/")
    assert "Mails given up that were held back" in page.text
    assert "Given up" in page.text
    command("release", "--all")
    page = browse(cast.administrator).get("/trail/")
    assert "Mails released that were held back" in page.text
    assert "Dropped as too old" in page.text
    page = browse(cast.administrator, "ar").get("/trail/")
    assert "الإفراج عن رسائل محتجزة" in page.text
