"""The page of the check: what the last one said, one made now, and checking it elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from sqlalchemy import select, text

from accredit.assessment.domain import Stage
from accredit.audit import Event
from accredit.database import db
from accredit.trail import checking, views
from tests.assessments import REASONS, walk_to
from tests.damage import unguarded


def check_and_remember(app, world):
    with app.app_context():
        report = checking.check_all(db.engine, world.settings)
    checking.remember(report, world.settings)
    return report


def test_before_the_first_check_the_page_says_how_to_make_one(browse, cast):
    page = browse(cast.observer).get("/trail/check")
    assert "Not checked yet" in page.text
    assert "accredit audit verify" in page.text


def test_the_page_shows_what_the_last_check_said(browse, cast, app, world):
    report = check_and_remember(app, world)
    page = browse(cast.observer).get("/trail/check")
    assert "The trail holds" in page.text
    assert f"{report.events} events, and each fits the one before it." in page.text
    assert report.last_hash in page.text.replace(" ", "")


def test_it_is_checked_now_on_request_and_nothing_is_written(browse, cast, arrange):
    page = browse(cast.observer).get("/trail/check?now=1")
    assert "The trail holds" in page.text
    assert "Not checked yet" in browse(cast.observer).get("/trail/check").text


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE event SET details = '{}' WHERE id = 5", "event 5 5 Altered without an event"),
        ("DELETE FROM event WHERE id = 5", "event 5 5 Missing"),
        (
            "UPDATE person SET active = false WHERE email LIKE 'layla%'",
            "person 4 13 Altered without an event",
        ),
    ],
)
def test_what_does_not_hold_is_named(browse, cast, arrange, damage, told):
    with arrange() as session, unguarded(session):
        session.execute(text(damage))
    page = browse(cast.administrator).get("/trail/check?now=1")
    assert "The trail does not hold" in page.text
    rows = [" ".join(row.text_content().split()) for row in page.tree.xpath("//tbody/tr")]
    assert told in rows or told.rsplit(" ", 5)[0].split()[0] in {row.split()[0] for row in rows}
    assert any(row.endswith(told.split(" ", 3)[3]) for row in rows)


def test_the_trail_itself_says_that_it_does_not_hold(browse, cast, app, world, arrange):
    assert "does not hold" not in browse(cast.observer).get("/trail/").text
    with arrange() as session, unguarded(session):
        session.execute(text("UPDATE event SET details = '{}' WHERE id = 5"))
    check_and_remember(app, world)
    assert "The trail does not hold" in browse(cast.observer).get("/trail/").text


def test_a_trail_that_is_too_long_is_left_to_the_command(browse, cast, monkeypatch):
    monkeypatch.setattr(checking, "CHECKED_ON_PAGE", 3)
    page = browse(cast.observer).get("/trail/check?now=1")
    assert "too long to be checked on a page" in page.text
    assert "The trail holds" not in page.text


def lines(person, query: str = "") -> bytes:
    return person.get(f"/trail/trail.jsonl{query}").body


def run_program(tmp_path, app, content: bytes) -> subprocess.CompletedProcess[str]:
    """The program of the page, over exported lines, with nothing of the product."""
    with app.test_request_context():
        program = app.jinja_env.get_template(views.CHECKING_SCRIPT).render()
    (tmp_path / "check.py").write_text(program, encoding="utf-8")
    (tmp_path / "trail.jsonl").write_bytes(content)
    return subprocess.run(
        [sys.executable, "-I", str(tmp_path / "check.py"), str(tmp_path / "trail.jsonl")],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_program_on_the_page_checks_the_exported_lines(browse, cast, app, arrange, tmp_path):
    with arrange() as session:
        walk_to(session, cast, Stage.CLOSED)
    content = lines(browse(cast.administrator))
    answer = run_program(tmp_path, app, content)
    assert answer.returncode == 0, answer.stdout
    with arrange() as session:
        # The download itself is an event, and the last of its lines.
        last = session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert last.action == "export.taken"
    assert answer.stdout == f"last event: {last.id}:{last.hash}\n"
    assert len(content.splitlines()) == last.id


@pytest.mark.parametrize("what", ["details", "action", "at", "changes", "line", "role"])
def test_the_program_finds_what_was_altered_in_the_lines(
    browse, cast, app, arrange, tmp_path, what
):
    with arrange() as session:
        walk_to(session, cast, Stage.CLOSED)
    rows = lines(browse(cast.administrator)).decode().splitlines()
    if what == "line":
        rows[7], rows[8] = rows[8], {**json.loads(rows[7]), "id": 9}
        rows[8] = json.dumps(rows[8])
    else:
        rows[7] = json.dumps({**json.loads(rows[7]), what: "other"})
    answer = run_program(tmp_path, app, "\n".join(rows).encode())
    assert answer.returncode == 1
    assert "does not hold" in answer.stdout


def test_sealed_scores_are_not_told_by_the_lines_and_the_chain_holds_all_the_same(
    browse, cast, app, arrange, tmp_path
):
    with arrange() as session:
        walk_to(session, cast, Stage.MODERATION)
    content = lines(browse(cast.administrator))
    assert not any(reason in content.decode() for reason in REASONS.values())
    sealed = [event for event in map(json.loads, content.splitlines()) if event["sealed"]]
    assert sealed
    for event in sealed:
        assert not {"details", "changes", "salt"} & set(event)
    assert run_program(tmp_path, app, content).returncode == 0


def test_the_files_have_no_silent_limit(browse, cast, arrange, monkeypatch):
    from accredit.trail import service

    monkeypatch.setattr(service, "_BUNDLE", 7)
    with arrange() as session:
        count = len(session.scalars(select(Event.id)).all())
    administrator = browse(cast.administrator)
    # Each download is an event too, and the last one in it.
    assert len(lines(administrator).splitlines()) == count + 1
    exported = administrator.get("/trail/trail.csv").body.decode("utf-8-sig").splitlines()
    assert len(exported) == count + 3  # with the header
