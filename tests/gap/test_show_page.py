"""The page of one gap report: who sees which scores, and what it says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accredit.assessment import scoring
from accredit.assessment.domain import Stage
from accredit.assessment.models import Assignment
from accredit.gap.domain import Basis
from accredit.gap.service import bases_seen
from accredit.identity.domain import Role
from accredit.identity.service import load_access
from tests.arabic import english_words
from tests.assessments import CODES, OPENED, walk_to
from tests.gap.making import measure
from tests.queries import count_queries, writes

#: What the department thinks, what an assessor found, what was agreed: all different.
OWN = {"1.1": "exceptional", "2.1": "good"}
AGREED = {"1.1": "started", "2.1": "partial"}


def at_stage(arrange, cast, stage, **options) -> str:
    with arrange() as session:
        assessment = walk_to(session, cast, stage, AGREED, self_levels=OWN, **options)
        return f"/gap-reports/{assessment.id}"


@pytest.fixture
def closed(arrange, cast):
    return at_stage(arrange, cast, Stage.CLOSED)


def test_it_shows_verdict_figures_and_every_gap(browse, cast, closed):
    page = browse(cast.leader).get(closed)
    assert page.status == 200
    # (3×1 + 2×3 + 3×2 + 2×3) of 40 agreed, (3×4 + 2×3 + 3×3 + 2×3) of 40 by the department.
    assert "52.5%" in page.text
    assert "self-score 82.5%" in page.text
    assert "Not yet ready for “Accredited”" in page.text
    assert "“At least 60% in total”" in page.text
    assert "Begin with 1.1 " in page.text
    assert "The assessment is closed" not in page.text, "nothing is measured"
    codes = page.tree.xpath("//table[@id='gaps-table']/tbody/tr/td[1]//bdi/text()")
    assert codes == ["1.1", "2.1"]
    assert "3 × 2 × 1 = 6" in page.text
    assert "3 × 1 × 1 = 3" in page.text


def test_a_missed_target_moves_a_gap_up(browse, cast, closed, arrange):
    with arrange() as session:
        # NPS is no share; its stored figures are all the report looks at.
        measure(session, cast, "csat", 100, 100)
        row = measure(session, cast, "nps", 1, 100)
        row.value, row.low, row.high = -40.0, -50.0, -30.0
    page = browse(cast.leader).get(closed)
    # 1.1: 3 × 2 × 0.75 = 4.5 (CSAT 100%, met); 2.1: 3 × 1 × 1.5 = 4.5: the standard's order.
    assert "3 × 2 × 0.75 = 4.5" in page.text
    assert "3 × 1 × 1.5 = 4.5" in page.text
    assert page.tree.xpath("//table[@id='gaps-table']/tbody/tr/td[1]//bdi/text()") == ["1.1", "2.1"]
    assert "\u221240.0 points" in page.text
    assert "The assessment is closed and its scores stay as they are." in page.text


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize(
    "who", ["leader", "moderator", "decision_maker", "programme_manager", "observer"]
)
def test_agreed_scores_are_shown_only_to_whom_and_when_they_may(browse, cast, arrange, stage, who):
    url = at_stage(arrange, cast, stage)
    page = browse(getattr(cast, who)).get(url)
    decided = stage.position >= Stage.DECISION.position
    agreed = stage is Stage.CLOSED or (decided and who != "leader")
    if stage in (Stage.SET_UP,) and who in ("moderator", "decision_maker"):
        assert page.status == 404  # nobody is assigned yet
        return
    assert page.status == 200
    assert ("52.5%" in page.text) == agreed
    assert ("Readiness, by the agreed scores" in page.text) == agreed
    assert ("Started" in page.text) == agreed


def test_the_department_sees_its_own_view_marked_as_provisional_until_it_is_closed(
    browse, cast, arrange
):
    page = browse(cast.leader).get(at_stage(arrange, cast, Stage.DECISION))
    assert "82.5%" in page.text
    assert "Ready for “Accredited" in page.text
    # What the department says of itself is not shown as a success.
    assert page.tree.xpath("//*[contains(@class, 'verdict--brand')]")
    assert not page.tree.xpath("//*[contains(@class, 'verdict--good')]")
    assert "Provisional: agreed scores are not available to you yet." in page.text
    assert "Readiness, by the department's own scores" in page.text


def test_two_readers_of_one_report_do_not_see_each_others_view(browse, cast, arrange):
    url = at_stage(arrange, cast, Stage.DECISION)
    assert "52.5%" in browse(cast.observer).get(url).text
    assert "52.5%" not in browse(cast.leader).get(url).text
    assert "52.5%" in browse(cast.observer).get(url).text


def test_scores_that_nobody_may_see_yet_are_said_to_be_hidden(browse, cast, arrange):
    page = browse(cast.moderator).get(at_stage(arrange, cast, Stage.SCORING))
    assert "The scores of this assessment cannot be shown to you at this stage." in page.text
    assert not page.tree.xpath("//table[@id='gaps-table']")
    assert "82.5%" not in page.text


@pytest.mark.parametrize("stage", list(Stage))
def test_an_assessor_who_also_observes_stays_blind_while_scoring(stage):
    seen = bases_seen({Role.ASSESSOR, Role.OBSERVER}, stage)
    assert (Basis.SELF in seen) == (stage.position > Stage.SCORING.position)
    assert (Basis.AGREED in seen) == (stage.position >= Stage.DECISION.position)


def test_the_last_assessment_stands_beside_this_one(browse, cast, arrange):
    with arrange() as session:
        before = {"1.1": "exceptional", "2.1": "started"}
        walk_to(session, cast, Stage.CLOSED, before, cycle="2025", at=OPENED - timedelta(days=9))
    page = browse(cast.leader).get(at_stage(arrange, cast, Stage.CLOSED))
    # Before: (3×4 + 2×3 + 3×1 + 2×3) of 40 = 67.5%; now 52.5%.
    assert "last assessment 67.5% (\u200e\u221215.0)" in page.text
    last = page.tree.xpath("//table[@id='gaps-table']//td[@data-label='Last assessment']")
    assert [(cell.text, cell.get("class")) for cell in last] == [
        ("Exceptional (\u200e\u22123)", "is-bad"),
        ("Started (\u200e+1)", "is-good"),
    ]


def test_a_decision_maker_without_the_last_assessment_is_not_shown_its_scores(
    browse, cast, arrange
):
    with arrange() as session:
        walk_to(session, cast, Stage.SET_UP, cycle="2024", at=OPENED - timedelta(days=30))
        walk_to(session, cast, Stage.CLOSED, cycle="2025", at=OPENED - timedelta(days=9))
        # Somebody else decided that year.
        for duty in session.query(Assignment).filter_by(person_id=cast.decision_maker.id):
            session.delete(duty)
    page = browse(cast.decision_maker).get(at_stage(arrange, cast, Stage.DECISION))
    assert page.status == 200
    assert "last assessment" not in page.text
    assert "52.5%" in page.text


def test_elements_without_a_score_are_listed_as_such(browse, cast, arrange):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        scoring.score_self(
            session,
            assessment,
            "1.1",
            level="started",
            reason="Only one service has a promise.",
            version=None,
            access=load_access(session, cast.contributor.id),
            at=OPENED + timedelta(days=1),
        )
        url = f"/gap-reports/{assessment.id}"
    page = browse(cast.leader).get(url)
    rows = page.tree.xpath("//table[@id='unscored-table']/tbody/tr/td[1]//bdi/text()")
    assert rows == [code for code in CODES if code != "1.1"]
    assert page.tree.xpath("//table[@id='gaps-table']/tbody/tr/td[1]//bdi/text()") == ["1.1"]
    assert "3 elements are not scored yet." in page.text
    assert "It cannot be said yet whether “Accredited” is reached" in page.text


def test_a_report_without_gaps_says_so(browse, cast, arrange):
    with arrange() as session:
        url = f"/gap-reports/{walk_to(session, cast, Stage.CLOSED).id}"
    page = browse(cast.leader).get(url)
    assert "Every scored element is at its required level or above." in page.text
    assert "Ready for “Accredited”" in page.text
    assert not any("improvement-actions/draft" in link for link in page.links())


def test_its_addresses_follow_the_root_under_which_the_site_is_served(browse, cast, closed):
    for root in ("", "/site", ""):
        page = browse(cast.leader).get(closed, base_url=f"http://localhost{root}/")
        assert f"{root}{closed}/report.pdf?lang=en" in page.links()


def test_only_who_manages_the_plan_is_offered_to_draft_it(browse, cast, closed):
    offered = {
        name: any(
            "/improvement-actions/draft/" in link for link in browse(actor).get(closed).links()
        )
        for name, actor in {"leader": cast.leader, "observer": cast.observer}.items()
    }
    assert offered == {"leader": True, "observer": False}


def test_other_people_get_no_report(browse, cast, closed):
    for part in ("", "/report.pdf", "/report.xlsx"):
        for stranger in (cast.stranger_leader, cast.stranger_manager, cast.contact_leader):
            assert browse(stranger).get(closed + part).status == 404
        assert browse(cast.contributor).get(closed + part).status == 403
        assert browse(cast.assessor).get(closed + part).status == 403
        assert browse(cast.nobody).get(closed + part).status == 403
        assert browse(None).get(closed + part).status == 303
    assert browse(cast.leader).get("/gap-reports/9999").status == 404


def test_the_arabic_page_is_arabic(browse, cast, closed, arrange):
    with arrange() as session:
        for month in (1, 2, 3):
            measure(session, cast, "csat", 30 + month, 50, month=month)
    page = browse(cast.leader, "ar").get(closed)
    assert page.lang == ("ar", "rtl")
    assert english_words(page) - {"Excel"} == set()
    assert "تقرير الفجوات" in page.title


def test_the_number_of_queries_does_not_grow_with_the_figures(app, browse, cast, closed, arrange):
    leader = browse(cast.leader)
    leader.get(closed)
    with count_queries(app) as few:
        assert leader.get(closed).status == 200
    with arrange() as session:
        for year in (2023, 2024, 2025):
            for month in range(1, 13):
                for kpi in ("csat", "churn", "retention"):
                    measure(session, cast, kpi, 30, 50, month=month, year=year)
    with count_queries(app) as many:
        assert leader.get(closed).status == 200
    assert len(many) == len(few)
    assert len(many) <= 8
    assert writes(many) == []
