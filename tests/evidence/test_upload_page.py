"""Uploading: several files at once, all of them or none."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from accredit import clock
from accredit.database import db
from accredit.evidence import uploading
from accredit.evidence.domain import FILES_AT_ONCE
from accredit.evidence.models import Evidence
from accredit.identity import accounts, service
from accredit.identity.domain import Role
from accredit.identity.models import Person
from tests.assessments import open_small
from tests.evidence.conftest import pdf, sent, typed
from tests.evidence.words import latin_words
from tests.queries import count_queries, writes

NEW = "/evidence/new"


def stored(app) -> list[Evidence]:
    with app.app_context():
        rows = db.session.query(Evidence).order_by(Evidence.id).all()
        for row in rows:
            row.current  # noqa: B018 - loaded while the session is open
        return rows


def files_in(world) -> list[str]:
    root = world.settings.evidence_dir
    return [path.name for path in root.rglob("*") if path.is_file()] if root.exists() else []


def upload(browser, cast, *files, **fields):
    return browser.post(
        NEW,
        {"department": str(cast.licensing), "files": [sent(*file) for file in files], **fields},
        content_type="multipart/form-data",
    )


def test_it_stores_several_files_with_any_language_of_name(app, browse, cast, world, events):
    answer = upload(
        browse(cast.contributor),
        cast,
        ("تقرير الجودة ٢٠٢٥.pdf", pdf(1)),
        ("Service charter v3.pdf", pdf(2)),
        kind="",
        note="shown at the counter",
        period_from_on="2025-01-01",
        period_to_on="2025-12-31",
    )
    assert (answer.status, answer.location) == (303, "/evidence/")
    first, second = stored(app)
    assert (first.title, second.title) == ("تقرير الجودة ٢٠٢٥", "Service charter v3")
    assert first.current.file_name == "تقرير الجودة ٢٠٢٥.pdf"
    assert first.current.size == len(pdf(1))
    assert {first.note, second.note} == {"shown at the counter"}
    assert str(first.period_to_on) == "2025-12-31"
    assert len(files_in(world)) == 2
    told = events("evidence.added")
    assert [subject for subject, _by, _details in told] == [str(first.id), str(second.id)]
    assert {by for _subject, by, _details in told} == {cast.contributor.id}
    assert told[0][2]["sha256"] == first.current.sha256


def test_it_leads_to_the_page_of_a_single_file(app, browse, cast):
    answer = upload(browse(cast.leader), cast, ("a.pdf", pdf()), title="  The  charter ")
    (only,) = stored(app)
    assert answer.location == f"/evidence/{only.id}"
    assert only.title == "The charter"


def test_it_keeps_the_same_content_once_and_both_records(app, browse, cast, world):
    upload(browse(cast.leader), cast, ("a.pdf", pdf()), ("b.pdf", pdf()))
    assert len(stored(app)) == 2
    assert len(files_in(world)) == 1


def test_one_bad_file_keeps_all_out_and_each_is_named_with_its_reason(app, browse, cast, world):
    answer = upload(
        browse(cast.contributor),
        cast,
        ("good.pdf", pdf()),
        ("تقرير.pdf.exe", b"MZ"),
        ("empty.pdf", b""),
        note="typed with care",
        period_from_on="2025-01-01",
    )
    assert answer.status == 422
    said = answer.error_texts()
    assert "Nothing was stored" in said
    assert "تقرير.pdf.exe" in said
    assert "“\u2068empty.pdf\u2069” is empty." in said
    assert "good.pdf" not in said
    assert typed(answer, "new")["note"] == "typed with care"
    assert typed(answer, "new")["period_from_on"] == "2025-01-01"
    assert stored(app) == []
    assert files_in(world) == []


def test_a_single_bad_file_is_told_about_in_one_sentence(browse, cast):
    answer = upload(browse(cast.contributor), cast, ("page.html", b"<html>"))
    assert answer.status == 422
    assert "Nothing was stored" not in answer.error_texts()


def test_a_file_over_the_limit_is_refused_by_name(app, browse, cast, world):
    limit = world.settings.upload_limit
    answer = upload(browse(cast.contributor), cast, ("big.txt", b"x" * (limit + 1)))
    # A body this large is sent from a temporary file, which the test client leaves open.
    answer.response.request.environ["wsgi.input"].close()
    assert answer.status == 422
    assert "big.txt" in answer.error_texts()
    assert "25 MB" in answer.error_texts()
    assert files_in(world) == []


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"period_from_on": "2025-02-30"}, "period_from_on", "Not a valid date"),
        (
            {"period_from_on": "2025-02-02", "period_to_on": "2025-02-01"},
            "period_to_on",
            "ends before",
        ),
        ({"kind": "gossip"}, "kind", "Not a valid choice"),
        ({"title": "x" * 201}, "title", "200 characters"),
        ({"note": "x" * 4001}, "note", "4000 characters"),
    ],
)
def test_wrong_details_keep_what_was_typed(app, browse, cast, world, fields, field, sentence):
    answer = upload(browse(cast.contributor), cast, ("a.pdf", pdf()), **fields)
    assert answer.status == 422
    assert sentence in answer.error_texts()
    if field != "kind":
        assert typed(answer, "new")[field] == fields[field]
    assert answer.tree.xpath(f"//*[@id='{field}-error']")
    assert stored(app) == []
    assert files_in(world) == []


def test_it_takes_arabic_digits_in_dates(app, browse, cast):
    upload(browse(cast.leader, "ar"), cast, ("a.pdf", pdf()), period_from_on="٢٠٢٥-٠١-٣١")
    assert str(stored(app)[0].period_from_on) == "2025-01-31"


def test_it_asks_for_a_file(browse, cast):
    answer = browse(cast.leader).post(NEW, {"department": str(cast.licensing)})
    assert answer.status == 422
    assert "Choose at least one file." in answer.error_texts()


def test_it_takes_only_so_many_files_at_once(app, browse, cast):
    many = [(f"{n}.pdf", pdf(n)) for n in range(FILES_AT_ONCE + 1)]
    assert upload(browse(cast.leader), cast, *many).status == 422
    assert stored(app) == []


def test_one_title_cannot_name_two_files(browse, cast):
    answer = upload(browse(cast.leader), cast, ("a.pdf", pdf(1)), ("b.pdf", pdf(2)), title="Both")
    assert answer.status == 422
    assert "One title cannot name several files" in answer.error_texts()


def test_nobody_uploads_for_a_department_that_is_not_theirs(app, browse, cast):
    for department in (cast.contact_centre, cast.other_department, 9999):
        answer = browse(cast.contributor).post(
            NEW, {"department": str(department), "files": [sent("a.pdf", pdf())]}
        )
        assert answer.status == 422
    assert stored(app) == []


@pytest.mark.parametrize("loss", ["role", "account", "sessions"])
def test_whoever_loses_the_right_while_the_file_is_looked_into_stores_nothing(
    app, browse, cast, arrange, world, monkeypatch, loss
):
    look = uploading.looked_into

    @contextmanager
    def meanwhile(*files, **options):
        with look(*files, **options) as taken:
            with arrange() as session:
                person = session.get_one(Person, cast.contributor.id)
                by, at = cast.administrator.id, clock.now()
                if loss == "role":
                    service.end_role(session, person.role_assignments[0], by=by, at=at)
                elif loss == "account":
                    accounts.set_active(session, person, False, by=by, at=at)
                else:
                    accounts.end_all_sessions(session, person, by=by, at=at)
            yield taken

    browser = browse(cast.contributor)
    monkeypatch.setattr(uploading, "looked_into", meanwhile)
    assert upload(browser, cast, ("late.pdf", pdf())).status == 403
    assert stored(app) == []
    assert files_in(world) == []


@pytest.mark.parametrize("who", ["observer", "programme_manager", "assessor", "decision_maker"])
def test_it_is_for_contributors_and_leaders_only(browse, cast, who):
    assert browse(getattr(cast, who)).get(NEW).status == 403
    answer = upload(browse(getattr(cast, who)), cast, ("a.pdf", pdf()))
    assert answer.status == 403


def test_somebody_of_one_department_is_not_asked_which(browse, cast):
    page = browse(cast.contributor).get(NEW)
    assert not page.tree.xpath("//main//select[@name='department']")
    assert page.values("new")["department"] == str(cast.licensing)


def test_somebody_of_two_departments_chooses(app, browse, cast, arrange):
    with arrange() as session:
        from accredit.clock import now
        from accredit.identity.models import RoleAssignment

        session.add(
            RoleAssignment(
                person_id=cast.contributor.id,
                role=Role.CONTRIBUTOR.value,
                organisation_id=cast.organisation,
                department_id=cast.contact_centre,
                granted_at=now(),
            )
        )
    page = browse(cast.contributor).get(f"{NEW}?department={cast.contact_centre}")
    chosen = page.tree.xpath("//main//select[@name='department']/option[@selected]/@value")
    assert chosen == [str(cast.contact_centre)]


def test_it_returns_to_the_element_it_was_opened_from(app, browse, cast, arrange):
    with arrange() as session:
        assessment = open_small(session, cast).id
    browser = browse(cast.contributor)
    values = browser.get(f"{NEW}?assessment={assessment}&element=1.1").values("new")
    assert (values["assessment"], values["element"]) == (str(assessment), "1.1")
    answer = upload(browser, cast, ("a.pdf", pdf()), assessment=assessment, element="1.1")
    (only,) = stored(app)
    assert answer.location == f"/assessments/{assessment}/elements/1.1?evidence={only.id}"


@pytest.mark.parametrize("assessment", ["//evil.example", "1/../..", "-1", "٣", "x"])
def test_it_returns_to_nowhere_else(browse, cast, assessment):
    answer = upload(
        browse(cast.contributor), cast, ("a.pdf", pdf()), assessment=assessment, element="1.1"
    )
    assert answer.location.startswith("/evidence/")


def test_an_element_that_is_an_address_stays_inside(browse, cast):
    answer = upload(
        browse(cast.contributor), cast, ("a.pdf", pdf()), assessment="1", element="//evil.example/"
    )
    assert answer.location.startswith("/assessments/1/elements/")


def test_the_arabic_page_is_arabic(browse, cast):
    page = browse(cast.contributor, "ar").get(NEW)
    assert page.lang == ("ar", "rtl")
    assert latin_words(page.text) == set()


def test_the_arabic_refusals_are_arabic(browse, cast):
    answer = upload(
        browse(cast.contributor, "ar"), cast, ("a.exe", b"MZ"), ("b.pdf", b"<html>"), ("c.pdf", b"")
    )
    assert latin_words(answer.error_texts()) <= {"exe"}
    assert "لم يُحفظ أي ملف" in answer.error_texts()


def test_looking_at_the_form_writes_nothing(app, browse, cast):
    browser = browse(cast.contributor)
    with count_queries(app) as statements:
        browser.get(NEW)
    assert writes(statements) == []


def test_a_file_name_is_text_and_never_markup(browse, cast):
    answer = upload(browse(cast.contributor), cast, ("<img src=x onerror=alert(1)>.exe", b"MZ"))
    assert b"<img src=x" not in answer.body
    assert "<img src=x onerror=alert(1)>.exe" in answer.error_texts()
