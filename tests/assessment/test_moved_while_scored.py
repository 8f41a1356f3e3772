"""On a real PostgreSQL: a score saved in the instant in which its assessment is moved.

Both requests are there before either may begin: somebody else holds the turn to write, and
lets go when PostgreSQL has both waiting, in the order in which they came.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from accredit.app import create_app
from accredit.assessment import moving
from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment, Score
from accredit.audit.findings import Kind
from accredit.config import Settings
from accredit.database import db, writing
from accredit.setup import upgrade_database
from accredit.standard import service as standards
from accredit.trail import checking
from tests.assessment.test_move import publish
from tests.assessments import walk_to
from tests.conftest import Browser, Page, make_settings
from tests.databases import PostgresDatabases, somebody_writing
from tests.making_versions import EXCHANGED, REWEIGHTED, REWORDED
from tests.people import Actor, Cast, make_cast
from tests.raw import Raw

REASON = "Written in the very moment in which the version changed."


@dataclass(frozen=True)
class Site:
    """An application on a server of its own, and an assessment that may be moved."""

    app: Flask
    settings: Settings
    cast: Cast
    base: str

    def browse(self, actor: Actor) -> Browser:
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = actor.session_id
        return Browser(client)


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Iterator[tuple[PostgresDatabases, Site]]:
    server = PostgresDatabases()
    settings = make_settings(tmp_path_factory.mktemp("moved"), database_url=server.url)
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), writing():
        upgrade_database()
        cast = make_cast(db.session(), "no password opens this")
        assessment = walk_to(db.session(), cast, Stage.SELF_ASSESSMENT)
        publish(db.session(), REWORDED, REWEIGHTED, EXCHANGED)
        db.session.commit()
        base = f"/assessments/{assessment.id}"
        db.session.remove()
        db.engine.dispose()
    server.keep()
    yield server, Site(app, settings, cast, base)
    with app.app_context():
        db.engine.dispose()
    server.close()


@pytest.fixture
def site(kept) -> Site:
    server, site = kept
    with site.app.app_context():
        db.engine.dispose()
    server.renew()
    return site


def in_one_instant(url: str, *requests: Callable[[], Page]) -> list[Page]:
    """The answers to requests that all wait for their turn to write, in this order."""
    with ThreadPoolExecutor(len(requests)) as pool:
        answers: list[Future[Page]] = []
        with somebody_writing(url):
            for request in requests:
                answers.append(pool.submit(request))
                wait_for_waiting(url, len(answers))
        return [answer.result(timeout=60) for answer in answers]


def wait_for_waiting(url: str, count: int) -> None:
    asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with closing(Raw(url)) as connection:
        for _ in range(300):
            if connection.execute(asked).fetchone() == (count,):
                return
            time.sleep(0.02)
    raise AssertionError(f"there are not {count} requests that wait for their turn")


def prepared(site: Site, code: str) -> tuple[Callable[[], Page], Callable[[], Page]]:
    """Saving a score and confirming a move, from pages opened before either happened."""
    leader, manager = site.browse(site.cast.leader), site.browse(site.cast.programme_manager)
    page, move = f"{site.base}/elements/{code}", f"{site.base}/move"
    form = {**leader.get(page).values("/score"), "level": "good", "reason": REASON}
    confirmed = manager.get(move).values("/move")
    return lambda: leader.post(f"{page}/score", form), lambda: manager.post(move, confirmed)


def reasons(site: Site) -> tuple[list[str], list[str], str]:
    """The elements for which the reason counts, and is set aside; the version it all is of."""
    with site.app.app_context():
        session = db.session()
        assessment = session.scalars(select(Assessment)).one()
        known = standards.read_standard(assessment.standard_version).elements
        scores = session.scalars(select(Score)).all()
        assert {score.element_code for score in scores} <= {element.code for element in known}
        aside = moving.earlier_scores(session, assessment)
        return (
            [score.element_code for score in scores if score.reason == REASON],
            [row.element_code for row in aside if row.reason == REASON],
            assessment.standard_version.version,
        )


def trail_holds(site: Site) -> bool:
    """The story is told in dates of its own; the clock apart, nothing may be found."""
    with site.app.app_context():
        findings = checking.check_all(db.engine, site.settings, files=False).findings
    return [finding for finding in findings if finding.kind is not Kind.CLOCK] == []


#: An element that stays as it is, one whose words change, and one that is gone afterwards.
ELEMENTS = [("1.2", "kept"), ("1.1", "reworded"), ("2.2", "removed")]


@pytest.mark.parametrize(("code", "fate"), ELEMENTS)
def test_a_score_that_came_first_is_neither_lost_nor_left_on_an_element_that_is_gone(
    site, code, fate
):
    score, move = prepared(site, code)
    scored, moved = in_one_instant(site.settings.database_url, score, move)
    assert (scored.status, moved.status) == (303, 303)
    counts, aside = ([code], []) if fate == "kept" else ([], [code])
    assert reasons(site) == (counts, aside, "2.0")
    assert trail_holds(site)


@pytest.mark.parametrize(("code", "fate"), ELEMENTS)
def test_a_score_that_came_second_is_not_taken_and_what_was_typed_is_shown(site, code, fate):
    score, move = prepared(site, code)
    moved, scored = in_one_instant(site.settings.database_url, move, score)
    # For an element that is gone there is no page any more that could show what was typed.
    assert (moved.status, scored.status) == (303, 404 if fate == "removed" else 409)
    assert fate == "removed" or REASON in scored.text
    assert reasons(site) == ([], [], "2.0")
    assert trail_holds(site)
