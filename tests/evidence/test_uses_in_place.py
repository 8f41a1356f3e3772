"""Linking to elements where the files are: while uploading, and on the page of the evidence."""

from __future__ import annotations

import pytest

from accredit.assessment.domain import Stage
from tests.assessments import open_small, walk_to
from tests.evidence.conftest import pdf
from tests.evidence.test_upload_page import NEW, stored, upload
from tests.queries import count_queries


@pytest.fixture
def assessment(arrange, cast) -> int:
    """A self-assessment under way, of the contributor's department."""
    with arrange() as session:
        return walk_to(session, cast, Stage.SELF_ASSESSMENT).id


def linked(app) -> list[tuple[int, str, str]]:
    from sqlalchemy import select

    from accredit.database import db
    from accredit.evidence.models import EvidenceLink

    with app.app_context():
        query = select(EvidenceLink).order_by(EvidenceLink.id)
        return [
            (link.assessment_id, link.element_code, link.place)
            for link in db.session.scalars(query)
        ]


def boxes(page) -> dict[str, tuple[bool, bool]]:
    """By value: whether it is ticked, and whether it may be ticked."""
    return {
        box.get("value"): (box.get("checked") is not None, box.get("disabled") is None)
        for box in page.tree.xpath("//input[@name='uses']")
    }


def test_what_is_ticked_while_uploading_is_linked_at_once(app, browse, cast, assessment, events):
    before = linked(app)
    answer = upload(
        browse(cast.contributor),
        cast,
        ("a.pdf", pdf(1)),
        ("b.pdf", pdf(2)),
        uses=[f"{assessment}:1.1", f"{assessment}:1.2"],
    )
    assert answer.status == 303
    assert linked(app)[len(before) :] == [
        (assessment, code, "") for _file in "ab" for code in ("1.1", "1.2")
    ]
    assert len(events("evidence.linked")) >= 4


def test_who_comes_from_an_element_finds_it_ticked_and_returns_to_it(app, browse, cast, assessment):
    browser = browse(cast.contributor)
    page = browser.get(f"{NEW}?assessment={assessment}&element=1.2")
    assert [value for value, (ticked, _) in boxes(page).items() if ticked] == [f"{assessment}:1.2"]
    assert "is linked to element 1.2 at once" in page.text
    answer = upload(
        browser,
        cast,
        ("a.pdf", pdf(1)),
        assessment=assessment,
        element="1.2",
        uses=f"{assessment}:1.2",
    )
    assert answer.location == f"/assessments/{assessment}/elements/1.2"
    assert "Linked to 1 element." in browser.get(answer.location).text


def test_each_element_says_whether_its_evidence_is_enough(browse, cast, assessment):
    page = browse(cast.contributor).get(NEW)
    assert len(boxes(page)) == 4
    labels = [" ".join(label.text_content().split()) for label in page.tree.xpath("//label")]
    assert any(label.endswith("Too little") for label in labels if label.startswith("1.1"))


def test_a_refused_upload_keeps_the_ticks(browse, cast, assessment):
    answer = upload(
        browse(cast.contributor),
        cast,
        ("a.exe", b"MZ"),
        uses=[f"{assessment}:1.1"],
    )
    assert answer.status == 422
    assert boxes(answer)[f"{assessment}:1.1"] == (True, True)


@pytest.mark.parametrize("value", ["9999:1.1", "x", "1:99.9", ""])
def test_only_what_was_offered_can_be_chosen(app, browse, cast, assessment, value):
    before = len(stored(app))
    answer = upload(browse(cast.contributor), cast, ("a.pdf", pdf(1)), uses=value)
    assert answer.status == 422
    assert "Choose elements of an open self-assessment" in answer.error_texts()
    assert len(stored(app)) == before


def test_nothing_is_offered_where_no_self_assessment_is_open(browse, cast, arrange):
    with arrange() as session:
        open_small(session, cast)
        walk_to(session, cast, Stage.SCORING, cycle="2027")
    page = browse(cast.contributor).get(NEW)
    assert boxes(page) == {}
    assert "Supports these elements" not in page.text


def test_evidence_is_linked_on_its_own_page_with_the_place_in_it(
    app, browse, cast, assessment, put, events
):
    id_ = put()
    browser = browse(cast.contributor)
    assert len(boxes(browser.get(f"/evidence/{id_}"))) == 4
    answer = browser.post(
        f"/evidence/{id_}/links",
        {"uses": [f"{assessment}:1.1", f"{assessment}:1.2"], "place": " p.  3 "},
    )
    assert (answer.status, answer.location) == (303, f"/evidence/{id_}")
    assert linked(app)[-2:] == [(assessment, "1.1", "p. 3"), (assessment, "1.2", "p. 3")]
    page = browser.get(f"/evidence/{id_}")
    assert boxes(page)[f"{assessment}:1.1"] == (True, False)
    assert "Linked to 2 elements." in page.text


@pytest.mark.parametrize(
    ("uses", "said"),
    [([], "Tick at least one element."), (["9999:1.1"], "Choose elements of an open")],
)
def test_a_link_that_cannot_be_is_refused_and_says_why(
    app, browse, cast, assessment, put, uses, said
):
    id_, before = put(), linked(app)
    answer = browse(cast.contributor).post(f"/evidence/{id_}/links", {"uses": uses})
    assert answer.status == 422
    assert said in answer.error_texts()
    assert linked(app) == before


def test_all_are_linked_or_none(app, browse, cast, assessment, put):
    id_ = put()
    browser = browse(cast.contributor)
    browser.post(f"/evidence/{id_}/links", {"uses": f"{assessment}:1.2"})
    before = linked(app)
    answer = browser.post(
        f"/evidence/{id_}/links", {"uses": [f"{assessment}:1.1", f"{assessment}:1.2"]}
    )
    assert answer.status == 422
    assert "already linked to this element" in answer.error_texts()
    assert linked(app) == before


@pytest.mark.parametrize("who", ["observer", "contact_leader", "stranger_leader"])
def test_only_the_department_links_its_evidence(app, browse, cast, assessment, put, who):
    id_, before = put(), linked(app)
    browser = browse(getattr(cast, who))
    answer = browser.post(f"/evidence/{id_}/links", {"uses": f"{assessment}:1.1"})
    assert answer.status in (403, 404)
    assert linked(app) == before


def test_withdrawn_evidence_is_linked_to_nothing(app, browse, cast, assessment, put):
    id_ = put()
    browser = browse(cast.contributor)
    browser.post(f"/evidence/{id_}/withdraw", {"reason": "It was wrong."})
    assert boxes(browser.get(f"/evidence/{id_}")) == {}
    before = linked(app)
    answer = browser.post(f"/evidence/{id_}/links", {"uses": f"{assessment}:1.1"})
    assert answer.status == 409
    assert linked(app) == before


def test_more_evidence_asks_the_database_no_more_often(app, browse, cast, assessment, put):
    browser = browse(cast.contributor)
    put("0.pdf", pdf(0))
    with count_queries(app) as few:
        browser.get(NEW)
    for number in range(1, 6):
        id_ = put(f"{number}.pdf", pdf(number))
        browser.post(f"/evidence/{id_}/links", {"uses": f"{assessment}:1.1"})
    with count_queries(app) as many:
        browser.get(NEW)
    assert len(many) == len(few)
