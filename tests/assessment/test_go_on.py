"""One press from the first page to the next element that waits."""

from __future__ import annotations

import pytest

from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment
from tests.assessments import CODES, self_assess, walk_to


@pytest.mark.parametrize(
    ("who", "stage", "leads_to"),
    [
        ("leader", Stage.SELF_ASSESSMENT, "/elements/1.1"),
        ("assessor", Stage.SCORING, "/elements/1.1"),
        ("moderator", Stage.MODERATION, "/elements/1.1"),
        ("moderator", Stage.SCORING, ""),
        ("observer", Stage.SCORING, ""),
        ("programme_manager", Stage.SET_UP, ""),
        ("leader", Stage.CLOSED, ""),
    ],
)
def test_it_leads_to_what_the_person_has_to_score_or_to_the_overview(
    browse, cast, arrange, who, stage, leads_to
):
    with arrange() as session:
        id_ = walk_to(session, cast, stage).id
    answer = browse(getattr(cast, who)).get(f"/assessments/{id_}/next")
    assert (answer.status, answer.location) == (303, f"/assessments/{id_}{leads_to}")


def test_it_skips_what_is_scored_and_ends_at_the_overview(browse, cast, arrange):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        id_ = assessment.id
        self_assess(session, cast, assessment, dict.fromkeys(CODES[:2], "good"), submit=False)
    leader = browse(cast.leader)
    assert leader.get(f"/assessments/{id_}/next").location.endswith(f"/elements/{CODES[2]}")
    with arrange() as session:
        self_assess(
            session,
            cast,
            session.get(Assessment, id_),
            dict.fromkeys(CODES[2:], "good"),
            submit=False,
        )
    assert leader.get(f"/assessments/{id_}/next").location == f"/assessments/{id_}"


@pytest.mark.parametrize("who", ["stranger_leader", "contact_leader", "nobody"])
def test_strangers_are_led_nowhere(browse, cast, arrange, who):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.SELF_ASSESSMENT).id
    assert browse(getattr(cast, who)).get(f"/assessments/{id_}/next").status in (403, 404)
