"""Two people score one element at the same time: each sees both texts, and neither is lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from flask_security.utils import hash_password

from accredit.app import create_app
from accredit.assessment.domain import Stage
from accredit.config import load_settings
from accredit.database import db, writing
from tests.assessments import walk_to
from tests.browser.conftest import Installation
from tests.browser.person_at_browser import PersonAtBrowser
from tests.people import PASSWORD, make_cast

FIRST = "كل تعهد منشور على الموقع منذ مارس، وفي السجل تاريخ كل منها."
SECOND = "Half of the promises are published; sheet 3 lists those that are not."
SAVE = "form[action$='/score'] button[type=submit]"


def prepare_assessments(place: Installation, count: int) -> list[int]:
    """Assessments, one for each cycle, which the department may begin to score."""
    app = create_app(load_settings(place.environ))
    with app.app_context(), writing():
        session = db.session()
        cast = make_cast(session, hash_password(PASSWORD))
        numbers = [
            walk_to(session, cast, Stage.SELF_ASSESSMENT, cycle=str(2026 + number)).id
            for number in range(count)
        ]
        session.commit()
        db.session.remove()
        db.engine.dispose()
    return numbers


def two_who_have_it_open(
    place: Installation, chromium: Any, way: type[PersonAtBrowser], language: str, assessment: int
) -> tuple[PersonAtBrowser, PersonAtBrowser]:
    """Somebody of the department who has saved a score, and somebody whose page is older."""
    contributor, leader = (way(chromium, place.url, language) for _ in range(2))
    contributor.sign_in("omar.contributor@example.org", PASSWORD)
    leader.sign_in("layla.leader@example.org", PASSWORD)
    contributor.open(address(assessment))
    leader.open(address(assessment))
    contributor.score("good", FIRST)
    return contributor, leader


def address(assessment: int) -> str:
    return f"/assessments/{assessment}/elements/1.1"


def side_by_side(someone: PersonAtBrowser) -> Any:
    """Where the page shows what is saved and what is not."""
    return someone.find(".grid:has(.card--warn):has(.card--brand)")


def meet(
    place: Installation, chromium: Any, way: type[PersonAtBrowser], language: str, assessment: int
) -> None:
    """Both open the page, one saves, then the other."""
    contributor, leader = two_who_have_it_open(place, chromium, way, language, assessment)
    leader.fill(reason=SECOND)
    leader.mark(leader.level("partial"))
    if not leader.SCRIPTS:
        # Else the page saves by itself.
        leader.press(leader.find(SAVE))
    both = side_by_side(leader)
    both.wait_for()
    leader.look()
    theirs, mine = both.locator(".card--warn"), both.locator(".card--brand")
    assert FIRST in theirs.inner_text()
    assert SECOND in mine.inner_text()
    assert theirs.is_visible()
    assert mine.is_visible()
    assert leader.find("[name=reason]").input_value() == SECOND
    assert leader.level("partial").is_checked()
    assert stored(place, assessment) == FIRST, "nothing is written over unseen"

    merged = f"{SECOND} {FIRST}"
    leader.fill(reason=merged)
    leader.submit("/score")
    assert stored(place, assessment) == merged
    contributor.open(address(assessment))
    assert merged in contributor.find("[name=reason]").input_value()
    contributor.close()
    leader.close()


def stored(place: Installation, assessment: int) -> str:
    """The reason that is in the database."""
    path = Path(place.environ["ACCREDIT_DATA_DIR"]) / "accredit.sqlite3"
    with sqlite3.connect(path) as database:
        found = database.execute(
            "SELECT reason FROM score WHERE assessment_id = ?", (assessment,)
        ).fetchall()
    assert len(found) == 1
    return str(found[0][0])
