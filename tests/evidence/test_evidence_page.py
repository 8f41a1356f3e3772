"""One piece of evidence: its files, its description, its withdrawal."""

from __future__ import annotations

import hashlib

import pytest

from accredit.database import db
from accredit.evidence.models import Evidence
from accredit.evidence.service import link_evidence
from tests.assessments import open_small
from tests.evidence.conftest import AT, pdf, sent, typed
from tests.evidence.words import latin_words
from tests.queries import count_queries, writes


def at(number: int, rest: str = "") -> str:
    return f"/evidence/{number}{rest}"


def grouped(content: bytes) -> str:
    """The hash as the page writes it: in groups of eight."""
    digest = hashlib.sha256(content).hexdigest()
    return " ".join(digest[start : start + 8] for start in range(0, 64, 8))


def read(app, number: int) -> Evidence:
    with app.app_context():
        evidence = db.session.get(Evidence, number)
        evidence.versions  # noqa: B018 - loaded while the session is open
        return evidence


def link(arrange, cast, number: int, code: str = "1.1", place: str = "page 4") -> int:
    with arrange() as session:
        assessment = open_small(session, cast)
        link_evidence(
            session,
            session.get(Evidence, number),
            assessment_id=assessment.id,
            element_code=code,
            place=place,
            by=cast.contributor.id,
            at=AT,
        )
        return assessment.id


def test_it_shows_files_hashes_people_and_what_it_supports(browse, cast, put, arrange):
    number = put("تقرير.pdf", note="سطر\nآخر")
    assessment = link(arrange, cast, number)
    page = browse(cast.leader).get(at(number))
    assert "تقرير.pdf" in [part.text_content() for part in page.tree.xpath("//bdi")]
    for said in (
        "Version 1",
        "Omar Rashid",
        grouped(pdf()),
        "1.1 Published promise",
        "page 4",
    ):
        assert said in page.text
    assert f"/assessments/{assessment}/elements/1.1" in page.links()


@pytest.mark.parametrize("rest", ["", "/edit"])
@pytest.mark.parametrize("who", ["stranger_leader", "contact_leader"])
def test_it_does_not_exist_for_people_of_other_places(browse, cast, put, who, rest):
    number = put()
    assert browse(getattr(cast, who)).get(at(number, rest)).status == 404


def test_it_does_not_exist_for_an_assessor_outside_an_assessment(browse, cast, put):
    assert browse(cast.assessor).get(at(put())).status == 404


@pytest.mark.parametrize("rest", ["/versions", "/withdraw", "/edit"])
@pytest.mark.parametrize(("who", "status"), [
    ("stranger_leader", 404), ("contact_leader", 404), ("observer", 403),
    ("programme_manager", 403), ("assessor", 403),
])  # fmt: skip
def test_nobody_else_changes_it(app, browse, cast, put, who, status, rest):
    number = put()
    answer = browse(getattr(cast, who)).post(
        at(number, rest),
        {"reason": "x", "title": "taken over", "version": "1", "files": sent("a.pdf", pdf(9))},
    )
    assert answer.status == status
    evidence = read(app, number)
    assert (len(evidence.versions), evidence.withdrawn_at, evidence.version) == (1, None, 1)


def test_readers_are_offered_nothing_they_may_not_do(browse, cast, put):
    page = browse(cast.observer).get(at(put()))
    assert page.status == 200
    assert not page.tree.xpath("//main//form")
    assert not [link for link in page.links() if link.endswith("/edit")]


def test_a_newer_file_stands_beside_the_older(app, browse, cast, put, events):
    number = put("first.pdf", pdf(1))
    answer = browse(cast.leader).post(
        at(number, "/versions"), {"files": sent("النسخة الثانية.pdf", pdf(2))}
    )
    assert (answer.status, answer.location) == (303, at(number))
    versions = read(app, number).versions
    assert [(v.number, v.file_name, v.uploaded_by_id) for v in versions] == [
        (1, "first.pdf", cast.contributor.id),
        (2, "النسخة الثانية.pdf", cast.leader.id),
    ]
    ((subject, by, details),) = events("evidence.version_added")
    assert (subject, by, details["version"]) == (str(number), cast.leader.id, 2)
    assert details["sha256"] == hashlib.sha256(pdf(2)).hexdigest()
    found = browse(cast.leader).get("/evidence/", query_string={"q": "النسخه"})
    assert "first" in found.text


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("same.pdf", pdf(1)), "the same as the newest version"),
        (("page.html", b"<html>"), "is of a type that is not accepted"),
        (("", b""), "Choose at least one file."),
    ],
)
def test_a_refused_file_leaves_the_old_one_in_place(app, browse, cast, put, file, sentence):
    number = put("first.pdf", pdf(1))
    answer = browse(cast.leader).post(at(number, "/versions"), {"files": sent(*file)})
    assert answer.status == 422
    assert sentence in answer.error_texts()
    assert answer.tree.xpath("//details[@open]//input[@type='file']")
    assert len(read(app, number).versions) == 1


def test_its_description_can_be_changed(app, browse, cast, put, events):
    number = put("a.pdf")
    browser = browse(cast.leader)
    values = typed(browser.get(at(number, "/edit")), "edit")
    answer = browser.post(
        at(number, "/edit"),
        {**values, "title": "ميثاق الخدمة", "note": "new", "period_to_on": "2025-06-30"},
    )
    assert (answer.status, answer.location) == (303, at(number))
    evidence = read(app, number)
    assert (evidence.title, evidence.note, str(evidence.period_to_on)) == (
        "ميثاق الخدمة", "new", "2025-06-30",
    )  # fmt: skip
    ((_subject, by, details),) = events("evidence.changed")
    assert by == cast.leader.id
    assert details == {
        "title": ["a", "ميثاق الخدمة"],
        "note": ["", "new"],
        "period_to_on": [None, "2025-06-30"],
    }


def test_saving_without_a_change_writes_no_event(browse, cast, put, events):
    number = put()
    browser = browse(cast.leader)
    values = typed(browser.get(at(number, "/edit")), "edit")
    assert browser.post(at(number, "/edit"), values).status == 303
    assert events("evidence.changed") == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": "  "}, "Give the evidence a title."),
        ({"period_from_on": "tomorrow"}, "Not a valid date"),
        ({"period_from_on": "2025-02-02", "period_to_on": "2025-01-01"}, "ends before"),
    ],
)
def test_a_wrong_description_changes_nothing_and_keeps_what_was_typed(
    app, browse, cast, put, fields, sentence
):
    number = put("a.pdf")
    wrong = {"version": "1", "title": "a", "kind": "", "note": "typed with care", **fields}
    answer = browse(cast.leader).post(at(number, "/edit"), wrong)
    assert answer.status == 422
    assert sentence in answer.error_texts()
    kept = typed(answer, "edit")
    assert kept["note"] == "typed with care"
    assert {name: kept[name] for name in fields} == {n: text.strip() for n, text in fields.items()}
    assert read(app, number).version == 1


def test_two_people_who_edit_both_keep_their_words(app, browse, cast, put):
    number = put("a.pdf")
    early, late = browse(cast.contributor), browse(cast.leader)
    first, second = (typed(b.get(at(number, "/edit")), "edit") for b in (early, late))
    early.post(at(number, "/edit"), {**first, "note": "the words of Omar"})
    answer = late.post(at(number, "/edit"), {**second, "note": "the words of Layla"})
    assert answer.status == 409
    assert "the words of Omar" in answer.text
    assert typed(answer, "edit")["note"] == "the words of Layla"
    assert read(app, number).note == "the words of Omar"
    again = late.post(at(number, "/edit"), typed(answer, "edit"))
    assert again.status == 303
    assert read(app, number).note == "the words of Layla"


def test_withdrawing_leaves_record_file_hash_and_link(app, browse, cast, put, arrange, events):
    number = put(content=pdf(1))
    link(arrange, cast, number)
    answer = browse(cast.leader).post(at(number, "/withdraw"), {"reason": "محضر شهر آخر"})
    assert (answer.status, answer.location) == (303, at(number))
    page = browse(cast.observer).get(at(number))
    for said in ("Withdrawn by Layla Hassan", "محضر شهر آخر", "1.1 Published promise", "Version 1"):
        assert said in page.text
    assert read(app, number).versions[0].sha256 == hashlib.sha256(pdf(1)).hexdigest()
    ((subject, by, details),) = events("evidence.withdrawn")
    assert (subject, by, details) == (str(number), cast.leader.id, {"reason": "محضر شهر آخر"})


def test_withdrawing_needs_a_reason(app, browse, cast, put):
    number = put()
    answer = browse(cast.leader).post(at(number, "/withdraw"), {"reason": "  "})
    assert answer.status == 422
    assert "Say why the evidence is withdrawn." in answer.error_texts()
    assert read(app, number).withdrawn_at is None


@pytest.mark.parametrize("rest", ["/versions", "/withdraw", "/edit"])
def test_withdrawn_evidence_changes_no_more(app, browse, cast, put, rest):
    number = put()
    browser = browse(cast.leader)
    browser.post(at(number, "/withdraw"), {"reason": "first reason"})
    answer = browser.post(
        at(number, rest),
        {"reason": "second", "title": "t", "version": "2", "files": sent("b.pdf", pdf(2))},
    )
    assert answer.status == 409
    evidence = read(app, number)
    assert (evidence.withdrawn_reason, len(evidence.versions)) == ("first reason", 1)
    assert not browser.get(at(number)).tree.xpath("//main//form")


def test_the_arabic_pages_are_arabic(browse, cast, put, arrange):
    number = put("تقرير.pdf", note="ملاحظة")
    link(arrange, cast, number, place="صفحة 4")
    browser = browse(cast.leader, "ar")
    for address in (at(number), at(number, "/edit")):
        page = browser.get(address)
        assert page.lang == ("ar", "rtl")
        text = page.text.replace(grouped(pdf()), "")
        assert latin_words(text) == set()
    answer = browser.post(at(number, "/withdraw"), {"reason": ""})
    assert latin_words(answer.error_texts()) == set()
    browser.post(at(number, "/withdraw"), {"reason": "خطأ"})
    text = browser.get(at(number)).text.replace(grouped(pdf()), "")
    assert latin_words(text) == set()


def test_its_page_only_reads_and_asks_no_more_for_more_versions(app, browse, cast, put, arrange):
    number = put("a.pdf", pdf(0))
    link(arrange, cast, number)
    browser = browse(cast.leader)
    browser.get(at(number))
    with count_queries(app) as few:
        browser.get(at(number))
    for count in range(1, 6):
        browser.post(at(number, "/versions"), {"files": sent(f"{count}.pdf", pdf(count))})
    browser.get(at(number))
    with count_queries(app) as many:
        page = browser.get(at(number))
    assert "Version 6" in page.text
    assert writes(many) == []
    assert len(many) == len(few)
