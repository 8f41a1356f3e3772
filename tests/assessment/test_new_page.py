"""/assessments/new: the programme manager opens an assessment."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accredit import audit
from accredit.assessment.models import Assessment
from tests.assessments import publish_small


@pytest.fixture
def form(arrange, cast):
    with arrange() as session:
        standard = publish_small(session).id
    return {
        "department_id": cast.licensing,
        "standard_version_id": standard,
        "cycle": "2026",
        "scope_ar": "إصدار التراخيص",
        "scope_en": "Issue of licences",
        "due_on": "2026-06-30",
    }


def test_it_opens_the_assessment_and_goes_on_to_the_people(browse, cast, arrange, form):
    answer = browse(cast.programme_manager).post("/assessments/new", form)
    assert answer.status == 303
    with arrange() as session:
        assessment = session.scalars(select(Assessment)).one()
        assert answer.location == f"/assessments/{assessment.id}/people"
        assert (assessment.stage, assessment.scope.ar) == ("set_up", "إصدار التراخيص")
        assert str(assessment.due_on) == "2026-06-30"
        assert assessment.opened_by_id == cast.programme_manager.id
        event = session.scalars(
            select(audit.Event).where(audit.Event.action == "assessment.opened")
        ).one()
        assert event.organisation_id == cast.organisation


def test_it_takes_arabic_digits_and_no_due_date(browse, cast, arrange, form):
    manager = browse(cast.programme_manager, "ar")
    assert manager.post("/assessments/new", {**form, "due_on": "٢٠٢٦-٠٧-٠١"}).status == 303
    assert manager.post("/assessments/new", {**form, "due_on": ""}).status == 303
    with arrange() as session:
        days = session.scalars(select(Assessment.due_on).order_by(Assessment.id)).all()
        assert [str(day) for day in days] == ["2026-07-01", "None"]


@pytest.mark.parametrize("field", ["cycle", "scope_ar", "scope_en"])
def test_a_missing_text_is_named_and_the_rest_stays(browse, cast, arrange, form, field):
    page = browse(cast.programme_manager).post("/assessments/new", {**form, field: "  "})
    assert page.status == 422
    assert page.error_texts()
    kept = page.values("new")
    for other in {"cycle", "scope_ar", "scope_en"} - {field}:
        assert kept[other] == form[other]
    with arrange() as session:
        assert session.scalars(select(Assessment)).all() == []


@pytest.mark.parametrize(
    "change",
    [
        {"due_on": "31/31/2026"},
        {"department_id": "x"},
        {"standard_version_id": 999},
        {"cycle": "x" * 21},
        {"scope_en": "x" * 301},
    ],
)
def test_what_cannot_be_is_refused(browse, cast, form, change):
    assert browse(cast.programme_manager).post("/assessments/new", {**form, **change}).status == 422


def test_a_department_of_another_organisation_is_not_to_be_had(browse, cast, form):
    changed = {**form, "department_id": cast.other_department}
    page = browse(cast.programme_manager).post("/assessments/new", changed)
    assert page.status == 422
    assert "Billing" not in page.text


def test_of_several_departments_none_is_chosen_by_itself(browse, cast, arrange, form):
    manager = browse(cast.programme_manager)
    values = manager.get("/assessments/new").values("new")
    assert (values["department_id"], values["standard_version_id"]) == (
        "0",
        str(form["standard_version_id"]),
    )
    page = manager.post("/assessments/new", {**form, "department_id": "0"})
    assert page.status == 422
    assert "Choose the department." in page.error_texts()
    assert page.values("new")["cycle"] == form["cycle"]
    with arrange() as session:
        assert session.scalars(select(Assessment)).all() == []


@pytest.mark.parametrize("who", ["leader", "assessor", "observer", "administrator"])
def test_only_a_programme_manager_opens(browse, cast, form, who):
    person = browse(getattr(cast, who))
    assert person.get("/assessments/new").status == 403
    assert person.post("/assessments/new", form).status == 403


def test_the_page_in_arabic(browse, cast, form):
    page = browse(cast.programme_manager, "ar").get("/assessments/new")
    assert page.lang == ("ar", "rtl")
    assert "معيار الخدمة المختصر" in page.text
    assert "Scope" not in page.text


def test_a_form_that_is_sent_twice_opens_one_assessment(browse, cast, arrange, form):
    manager = browse(cast.programme_manager)
    first = manager.post("/assessments/new", form)
    again = manager.post("/assessments/new", form)
    assert (again.status, again.location) == (303, first.location)
    assert "This assessment is open already." in manager.get(again.location).text
    with arrange() as session:
        assert len(session.scalars(select(Assessment)).all()) == 1
        opened = select(audit.Event).where(audit.Event.action == "assessment.opened")
        assert len(session.scalars(opened).all()) == 1


@pytest.mark.parametrize("change", [{"cycle": "2027"}, {"scope_en": "Renewal of licences"}])
def test_another_cycle_or_scope_is_another_assessment(browse, cast, arrange, form, change):
    manager = browse(cast.programme_manager)
    manager.post("/assessments/new", form)
    manager.post("/assessments/new", {**form, **change})
    with arrange() as session:
        assert len(session.scalars(select(Assessment)).all()) == 2
