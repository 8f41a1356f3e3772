"""Assessors search the evidence of their assessments: by rights, as submitted, in Arabic too."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import delete

from accredit.assessment import service
from accredit.assessment.domain import Stage
from accredit.assessment.linking import link_to_element
from accredit.assessment.models import Assignment
from accredit.assessment.scoring import submit_self_assessment
from accredit.evidence import uploading
from accredit.evidence.domain import Details, Upload
from accredit.evidence.models import EvidenceScan
from accredit.evidence.search import MOST_WORDS, has_word, index_terms, words
from accredit.identity.models import Department, RoleAssignment
from accredit.identity.service import load_access
from tests.assessments import OPENED, self_assess, walk_to
from tests.certificates import store
from tests.queries import count_queries, writes

URL = "/assessments/evidence"
ALL_GOOD = dict.fromkeys(("1.1", "1.2", "2.1", "2.2"), "good")


@pytest.fixture
def upload(world):
    """`upload(session, cast, title, text, …)`: evidence of the licensing department in a file."""

    def run(session, cast, title, text, *, name="file.txt", department=None, by=None):
        (evidence,) = uploading.add_evidence(
            session,
            store(world.settings),
            session.get(Department, department or cast.licensing),
            [Upload(name, BytesIO(text.encode()))],
            details=Details(title=title),
            limit=1_000_000,
            by=by or cast.contributor.id,
            at=OPENED,
        )
        return evidence

    return run


def link(session, cast, assessment, evidence, code="1.1", place=""):
    link_to_element(
        session,
        assessment,
        code,
        evidence.id,
        place=place,
        access=load_access(session, cast.contributor.id),
        at=OPENED + timedelta(hours=2),
    )


def submit(session, cast, assessment):
    """The department scores itself and submits; the assessors' turn."""
    self_assess(session, cast, assessment, ALL_GOOD)


@pytest.fixture
def scoring(cast, arrange, upload) -> int:
    """An assessment being scored with three pieces: two linked, one only in the library."""
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        charter = upload(session, cast, "Charter", "We answer complaints within ten days.")
        minutes = upload(session, cast, "محضر", "ناقش الاجتماع شكاوى المتعاملين ومؤسساتهم.")
        upload(session, cast, "Never linked", "complaints of our own staff")
        link(session, cast, assessment, charter, "1.1", "page 3")
        link(session, cast, assessment, charter, "2.1")
        link(session, cast, assessment, minutes, "1.2")
        submit(session, cast, assessment)
        return assessment.id


def titles(page) -> list[str]:
    return [
        " ".join(node.text_content().split())
        for node in page.tree.xpath("//p[contains(@class,'evidence__title')]/a")
    ]


@pytest.mark.parametrize("who", ["assessor", "moderator", "decision_maker"])
def test_who_judges_finds_what_is_linked_with_the_way_to_its_elements(browse, cast, scoring, who):
    page = browse(getattr(cast, who)).get(f"{URL}?q=complaint")
    assert page.status == 200
    assert titles(page) == ["Charter"]
    assert "1 piece of evidence found" in page.text
    assert "page 3" in page.text
    marked = [mark.text for mark in page.tree.xpath("//mark")]
    assert marked == ["complaints"]
    for code in ("1.1", "2.1"):
        assert f"/assessments/{scoring}/elements/{code}#evidence" in page.links()
    element = browse(getattr(cast, who)).get(f"/assessments/{scoring}/elements/1.1")
    assert element.status == 200


@pytest.mark.parametrize("query", ["شكوى", "الشكاوي", "مؤسسة", "مُتعامل"])
def test_arabic_is_found_as_people_write_it(browse, cast, scoring, query):
    assert titles(browse(cast.assessor, "ar").get(f"{URL}?q={query}")) == ["محضر"]


def test_all_words_must_stand_in_it(browse, cast, scoring):
    assessor = browse(cast.assessor)
    assert titles(assessor.get(f"{URL}?q=complaints ten")) == ["Charter"]
    page = assessor.get(f"{URL}?q=complaints eleven")
    assert titles(page) == []
    assert "Nothing was found" in page.text


def test_without_a_word_nothing_is_listed(browse, cast, scoring):
    page = browse(cast.assessor).get(URL)
    assert titles(page) == []
    assert page.has_field("q")
    assert "Nothing was found" not in page.text


def test_who_is_not_assigned_finds_nothing(browse, cast, scoring, arrange):
    with arrange() as session:
        session.execute(delete(Assignment).where(Assignment.person_id == cast.second_assessor.id))
    for actor in (
        cast.second_assessor,
        cast.leader,
        cast.contributor,
        cast.programme_manager,
        cast.observer,
        cast.stranger_leader,
    ):
        page = browse(actor).get(f"{URL}?q=complaint&assessment={scoring}")
        assert page.status == 200
        assert titles(page) == []
        assert "assigned to no assessment" in page.text
    assert browse(cast.nobody).get(URL).status == 403
    assert browse(cast.administrator).get(URL).status == 403


def test_who_left_the_pool_finds_nothing_any_more(browse, cast, scoring, arrange):
    with arrange() as session:
        role = session.query(RoleAssignment).filter_by(person_id=cast.assessor.id).one()
        role.ended_at = OPENED
    assert browse(cast.assessor).get(f"{URL}?q=complaint").status == 403


def test_only_the_assessments_one_judges_in_are_searched(browse, cast, arrange, upload, scoring):
    with arrange() as session:
        other = walk_to(
            session, cast, Stage.SELF_ASSESSMENT, cycle="2027", assessors=("second_assessor",)
        )
        secret = upload(session, cast, "Of the other cycle", "complaints again")
        link(session, cast, other, secret)
        other_id = other.id
    assert titles(browse(cast.assessor).get(f"{URL}?q=complaint")) == ["Charter"]
    page = browse(cast.assessor).get(f"{URL}?q=complaint&assessment={other_id}")
    # No choice of theirs, so it counts as any: still nothing of the other cycle.
    assert titles(page) == ["Charter"]
    both = browse(cast.second_assessor)
    assert titles(both.get(f"{URL}?q=complaint")) == ["Of the other cycle", "Charter"]
    assert titles(both.get(f"{URL}?q=complaint&assessment={other_id}")) == ["Of the other cycle"]


def test_what_was_added_after_the_submission_is_not_found(browse, cast, arrange, upload, world):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        evidence = upload(session, cast, "Register", "first words alpha", name="early.txt")
        link(session, cast, assessment, evidence)
        submit(session, cast, assessment)
        uploading.add_version(
            session,
            store(world.settings),
            evidence,
            Upload("late.txt", BytesIO(b"second words omega")),
            limit=1_000_000,
            by=cast.contributor.id,
            at=OPENED + timedelta(days=20),
        )
    assessor = browse(cast.assessor)
    for word in ("omega", "late"):
        assert titles(assessor.get(f"{URL}?q={word}")) == []
    for word in ("alpha", "early", "register", "regist"):
        page = assessor.get(f"{URL}?q={word}")
        assert titles(page) == ["Register"]
        assert "early.txt" in page.text
        assert "late.txt" not in page.text
        assert "omega" not in page.text
    assert [mark.text for mark in assessor.get(f"{URL}?q=alpha").tree.xpath("//mark")] == ["alpha"]


def test_what_the_scanner_holds_back_is_not_read_out(browse, cast, arrange, upload):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        evidence = upload(session, cast, "Charter", "We answer complaints within ten days.")
        link(session, cast, assessment, evidence)
        submit(session, cast, assessment)
        session.add(EvidenceScan(version_id=evidence.current.id, state="waiting"))
    page = browse(cast.assessor).get(f"{URL}?q=complaints")
    assert titles(page) == ["Charter"]
    assert "Held back by the virus scanner" in page.text
    assert page.tree.xpath("//mark") == []


def test_the_search_is_reached_from_the_pages_of_those_who_judge(browse, cast, scoring):
    assessor = browse(cast.assessor)
    assert URL in assessor.get("/assessments/").links()
    assert URL in assessor.get("/evidence/").links()
    form = assessor.get(f"/assessments/{scoring}/evidence").values("/assessments/evidence")
    assert form["assessment"] == str(scoring)
    leader = browse(cast.leader)
    assert URL not in leader.get("/assessments/").links()
    assert not leader.get(f"/assessments/{scoring}/evidence").has_field("q")


def test_a_long_result_has_pages_and_asks_no_more_queries(app, browse, cast, arrange, upload):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        link(session, cast, assessment, upload(session, cast, "Piece 00", "complaints 0"))
        submit(session, cast, assessment)
    assessor = browse(cast.assessor)
    assessor.get(f"{URL}?q=complaint")
    with count_queries(app) as few:
        assessor.get(f"{URL}?q=complaint")
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT, cycle="2028")
        for number in range(1, 25):
            piece = upload(session, cast, f"Piece {number:02}", f"complaints {number}")
            link(session, cast, assessment, piece, ("1.1", "1.2", "2.1", "2.2")[number % 4])
        submit(session, cast, assessment)
    with count_queries(app) as many:
        page = assessor.get(f"{URL}?q=complaint")
    assert len(titles(page)) == 20
    assert "25 pieces of evidence found" in page.text
    assert len(titles(assessor.get(f"{URL}?q=complaint&page=2"))) == 5
    assert len(many) == len(few)
    assert writes(many) == []


def test_odd_questions_break_nothing(browse, cast, scoring):
    assessor = browse(cast.assessor)
    for asked in (
        "q=%25",
        "q=%00",
        "q=%01",
        "q=a&assessment=x&page=y",
        "q=" + "a" * 5000,
        "q=_&page=-3",
    ):
        assert assessor.get(f"{URL}?{asked}").status == 200


def test_typed_words_and_titles_cannot_become_markup(browse, cast, arrange, upload):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        evidence = upload(session, cast, "<b>bold</b>", "complaints <script>alert(1)</script>")
        link(session, cast, assessment, evidence)
        submit(session, cast, assessment)
    page = browse(cast.assessor).get(URL + "?q=complaints")
    assert titles(page) == ["<b>bold</b>"]
    assert b"<script>alert" not in page.body


@pytest.mark.parametrize(
    ("text", "word", "stands"),
    [
        ("We answer complaints", "complaint", True),
        ("We answer complaints", "compl", True),
        ("We answer complaints", "plaint", False),
        ("شكاوى المتعاملين", "شكوى", True),
        ("مؤسسات", "المؤسسة", True),
        ("مؤسسات", "مدرسة", False),
    ],
)
def test_a_word_stands_in_a_text_as_the_index_of_the_library_says(text, word, stands):
    (folded,) = words(word)
    assert has_word(index_terms(text), folded) is stands
    assert len(words("a " * 50)) == MOST_WORDS


def test_it_is_arabic_from_right_to_left(browse, cast, scoring):
    page = browse(cast.assessor, "ar").get(f"{URL}?q=شكوى")
    assert page.lang == ("ar", "rtl")
    assert "البحث في الأدلة" in page.text
    for word in ("Search", "found", "Assessment", "Page"):
        assert word not in page.text


def test_a_returned_assessment_counts_by_its_last_submission(browse, cast, arrange, upload, world):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        evidence = upload(session, cast, "Register", "first words alpha")
        link(session, cast, assessment, evidence)
        submit(session, cast, assessment)
        service.return_to_previous(
            session,
            assessment,
            reason="The register is of last year.",
            by=cast.programme_manager.id,
            at=OPENED + timedelta(days=3),
        )
        uploading.add_version(
            session,
            store(world.settings),
            evidence,
            Upload("second.txt", BytesIO(b"second words omega")),
            limit=1_000_000,
            by=cast.contributor.id,
            at=OPENED + timedelta(days=4),
        )
        leader = load_access(session, cast.leader.id)
        submit_self_assessment(session, assessment, access=leader, at=OPENED + timedelta(days=5))
    assessor = browse(cast.assessor)
    assert titles(assessor.get(f"{URL}?q=omega")) == ["Register"]
    assert titles(assessor.get(f"{URL}?q=alpha")) == []
