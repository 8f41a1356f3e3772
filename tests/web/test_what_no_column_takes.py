"""What a database could not keep is refused before it is asked, the same on both databases."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import DataError

from accredit.audit import Event
from accredit.database import db


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("administrator", "/people?q=%00"),
        ("administrator", "/people?q=Le%00ila"),
        ("contributor", "/evidence/?q=%00"),
        ("contributor", "/search?q=%00"),
        ("administrator", "/trail/?subject_id=%00"),
        ("administrator", "/trail/?action=a%00b"),
    ],
)
def test_whoever_searches_for_a_zero_byte_finds_nothing(browse, cast, who, asked, language):
    page = browse(getattr(cast, who), language).get(asked)
    assert page.status == 200
    assert page.lang[0] == language
    assert page.tree.xpath("//main//table//tbody/tr") == []


@pytest.mark.parametrize(
    "asked", ["/people?page=%00", "/people?%00=1", "/people?role=a&role=%00", "/?next=a%00b"]
)
def test_a_zero_byte_behind_the_question_mark_hurts_no_page(browse, cast, asked):
    assert browse(cast.administrator).get(asked).status == 200


@pytest.mark.parametrize("named", ["code", "name_en", "something\0else"])
def test_a_zero_byte_in_a_form_changes_nothing(browse, cast, arrange, named):
    form = {"code": "NEW", "name_en": "New Body", "name_ar": "جهة جديدة"}
    page = browse(cast.administrator).post("/organisations/new", {**form, named: "a\0b"})
    assert page.status == 400
    assert "This could not be read" in page.text
    with arrange() as session:
        made = select(func.count()).where(Event.action == "organisation.created")
        before = {session.scalar(made)}
    assert browse(cast.administrator).post("/organisations/new", form).status == 303
    with arrange() as session:
        assert before == {session.scalar(made) - 1}


def test_a_zero_byte_in_the_name_of_a_file(browse, cast):
    files = [(BytesIO(b"%PDF-1.7"), "a\0b.pdf")]
    sent = {"title": "Register", "department": str(cast.licensing), "files": files}
    assert browse(cast.contributor).post("/evidence/new", sent).status == 400


def test_what_the_database_still_does_not_take_is_no_fault_of_the_server(app, browse, cast):
    """SQLite takes anything, so what PostgreSQL would say is said for both."""

    def say(_conn, _cursor, statement, _parameters, _context, _many):
        if statement.startswith("INSERT INTO organisation"):
            raise DataError(statement, {}, Exception("value too long for type"))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", say)
    try:
        form = {"code": "NEW", "name_en": "New Body", "name_ar": "جهة جديدة"}
        page = browse(cast.administrator).post("/organisations/new", form)
    finally:
        event.remove(engine, "before_cursor_execute", say)
    assert page.status == 400
    assert "Nothing was changed" in page.text
