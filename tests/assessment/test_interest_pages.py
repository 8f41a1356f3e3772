"""/assessments/interests: what ties somebody to who is assessed, said by themselves."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accredit.assessment.domain import Stage
from accredit.assessment.models import DeclaredInterest
from tests.assessments import walk_to
from tests.queries import count_queries

OWN = "/assessments/interests"
OTHERS = "/assessments/interests/of-people"


def form(cast, **changed):
    words = "I advised them on their handbook."
    return {"place": f"d{cast.licensing}", "kind": "consultancy", "words": words, **changed}


@pytest.fixture
def scoring(arrange, cast):
    with arrange() as session:
        return walk_to(session, cast, Stage.SCORING).id


def test_an_assessor_declares_a_tie_and_is_out_at_the_next_click(browse, cast, scoring):
    assessor = browse(cast.assessor)
    assert assessor.get(f"/assessments/{scoring}/elements/1.1").status == 200
    answer = assessor.post(OWN, form(cast))
    assert (answer.status, answer.location) == (303, OWN)
    page = assessor.get(OWN)
    assert "You stand aside in 1 assessment" in page.text
    assert "I advised them on their handbook." in page.text
    assert "Counts while it holds" in page.text
    body = {"level": "good", "reason": "Seen in the register, page 14."}
    score = assessor.post(f"/assessments/{scoring}/elements/1.1/score", body)
    assert score.status == 404
    assert "scope" not in assessor.get("/assessments/").text.lower()


def test_the_manager_reads_of_it_and_offers_the_person_no_more(browse, cast, scoring):
    browse(cast.assessor).post(OWN, form(cast))
    manager = browse(cast.programme_manager)
    people = manager.get(f"/assessments/{scoring}/people")
    assert "Stands aside: declared a tie" in people.text
    assert str(cast.assessor.id) not in people.tree.xpath("//select/option/@value")
    listed = manager.get(OTHERS)
    assert "I advised them on their handbook." in listed.text


def test_nobody_else_reads_the_words(browse, cast, scoring):
    browse(cast.assessor).post(OWN, form(cast))
    for who in (cast.leader, cast.moderator, cast.observer, cast.stranger_manager):
        for url in (OWN, f"/assessments/{scoring}", "/trail/", OTHERS):
            assert b"on their handbook" not in browse(who).get(url).body, (who.email, url)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"place": ""}, "اختر الجهة التي تربطك بها صلة."),
        ({"place": "d999"}, "اختيار غير صحيح"),
        ({"kind": ""}, "اختر نوع الصلة."),
        ({"words": " "}, "اشرح الصلة بكلماتك."),
        ({"words": "قصير"}, "اكتب 10 أحرف على الأقل حتى يفهمه غيرك."),
        ({"ended_on": "2199-01-01"}, "هذا اليوم لم يحلّ بعد."),
        ({"ended_on": "yesterday"}, "تاريخ"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    browse, cast, arrange, changed, said
):
    page = browse(cast.assessor, "ar").post(OWN, form(cast, **changed))
    assert page.status == 422
    assert said in page.error_texts()
    assert page.errors_that_lead_nowhere() == []
    if "words" not in changed:
        assert "I advised them on their handbook." in page.text
    with arrange() as session:
        assert session.scalars(select(DeclaredInterest)).all() == []


def test_a_place_of_another_organisation_is_no_choice(browse, cast):
    page = browse(cast.assessor).post(OWN, form(cast, place=f"d{cast.other_department}"))
    assert page.status == 422
    offered = browse(cast.assessor).get(OWN).tree.xpath("//select[@name='place']/option/@value")
    assert offered == [
        "", f"o{cast.organisation}", f"d{cast.licensing}", f"d{cast.contact_centre}",
    ]  # fmt: skip


def test_its_end_is_said_once(browse, cast, arrange):
    assessor = browse(cast.assessor)
    assessor.post(OWN, form(cast))
    url = f"{OWN}/1/end"
    refused = assessor.post(url, {"ended_on": ""})
    assert refused.status == 422
    assert "Give the day on which the tie ended." in refused.error_texts()
    assert refused.errors_that_lead_nowhere() == []
    assert assessor.post(url, {"ended_on": "٢٠٢٦-٠١-٣١"}).status == 303
    again = assessor.post(url, {"ended_on": "2020-01-31"})
    assert "done already" in again.error_texts()
    with arrange() as session:
        assert session.get(DeclaredInterest, 1).ended_on.isoformat() == "2026-01-31"


def test_the_manager_sets_a_mistake_aside_with_a_reason(browse, cast, scoring):
    browse(cast.assessor).post(OWN, form(cast))
    manager = browse(cast.programme_manager)
    refused = manager.post(f"{OWN}/1/set-aside", {"reason": "no"})
    assert refused.status == 422
    assert refused.errors_that_lead_nowhere() == []
    reason = "The tie is to another company of that name."
    assert manager.post(f"{OWN}/1/set-aside", {"reason": reason}).status == 303
    assert reason in browse(cast.assessor).get(OWN).text
    assert browse(cast.assessor).get(f"/assessments/{scoring}").status == 200


def test_a_judge_is_asked_and_says_to_have_no_tie(browse, cast, scoring):
    assessor, url = browse(cast.assessor), f"/assessments/{scoring}"
    asked = assessor.get(url)
    assert "Have you any tie to this department?" in asked.text
    assert f"{OWN}?place=d{cast.licensing}" in asked.links()
    chosen = assessor.get(f"{OWN}?place=d{cast.licensing}")
    assert chosen.values("interests")["place"] == f"d{cast.licensing}"
    assert assessor.post(f"{url}/impartiality").status == 303
    assert "Have you any tie" not in assessor.get(url).text
    assert "Declared no tie" in browse(cast.programme_manager).get(f"{url}/people").text
    assert "Have you any tie" not in browse(cast.leader).get(url).text


def test_nothing_declared_is_no_empty_page(browse, cast):
    assert "You have declared nothing" in browse(cast.assessor).get(OWN).text
    assert "Nobody has declared a tie" in browse(cast.programme_manager).get(OTHERS).text


def test_the_pages_ask_the_same_for_one_tie_as_for_many(browse, cast, app):
    assessor, manager = browse(cast.assessor), browse(cast.programme_manager)
    counts = []
    for number in (1, 6):
        for _ in range(number):
            assessor.post(OWN, form(cast))
        for browser, url in ((assessor, OWN), (manager, OTHERS)):
            browser.get(url)
            with count_queries(app) as statements:
                browser.get(url)
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
