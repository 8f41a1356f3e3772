"""Every step of an assessment, tried by every kind of person at every stage.

Only what the table here names changes a row; everything else leaves the database as it was.
"""

from __future__ import annotations

import pytest

from accredit.assessment.domain import Stage
from tests.programme import record
from tests.rights.bodies import body_of
from tests.rights.kinds import Kind
from tests.rights.walking import Outcome, addresses, send

ASSESSOR, MODERATOR, DECIDES = Kind.ASSESSOR, Kind.MODERATOR, Kind.DECISION_MAKER
DEPARTMENT = {Kind.CONTRIBUTOR, Kind.LEADER}
MANAGER = {Kind.MANAGER}

#: Reviewed by hand: the step, who takes it, and at which stages it may change something.
STEPS: dict[str, tuple[set[Kind], set[Stage]]] = {
    "assessment.assign": (MANAGER, {Stage.SET_UP}),
    "assessment.choose": (MANAGER, {Stage.SET_UP, Stage.SELF_ASSESSMENT}),
    "assessment.start": (MANAGER, {Stage.SET_UP}),
    "assessment.link": (DEPARTMENT, {Stage.SELF_ASSESSMENT}),
    "assessment.unlink": (DEPARTMENT, {Stage.SELF_ASSESSMENT}),
    "assessment.submit_self_assessment": ({Kind.LEADER}, {Stage.SELF_ASSESSMENT}),
    "assessment.submit_scores": ({ASSESSOR}, {Stage.SCORING}),
    "assessment.agree": ({MODERATOR}, {Stage.MODERATION}),
    "assessment.confirm_all": ({MODERATOR}, {Stage.MODERATION}),
    "assessment.submit_moderation": ({MODERATOR}, {Stage.MODERATION}),
    "assessment.send_back": (MANAGER, {Stage.SCORING, Stage.MODERATION}),
    "assessment.unassign": (
        MANAGER,
        {Stage.SELF_ASSESSMENT, Stage.SCORING},
    ),
    "assessment.confirm_move": (MANAGER, set()),
    "certificate.decide": ({DECIDES}, {Stage.DECISION}),
    # What is drawn from the finished assessment.
    "improvement.draft": ({Kind.LEADER}, {Stage.CLOSED}),
}
#: One address, two acts: the department scores itself, then each assessor scores.
SCORES = {Stage.SELF_ASSESSMENT: DEPARTMENT, Stage.SCORING: {ASSESSOR}}
#: Steps whose conditions the prepared world meets, so that they really happen when allowed.
HAPPENS = {
    ("assessment.assign", Stage.SET_UP),
    ("assessment.link", Stage.SELF_ASSESSMENT),
    ("assessment.unlink", Stage.SELF_ASSESSMENT),
    ("assessment.score", Stage.SELF_ASSESSMENT),
    ("assessment.score", Stage.SCORING),
    ("assessment.agree", Stage.MODERATION),
    ("assessment.confirm_all", Stage.MODERATION),
    ("assessment.send_back", Stage.SCORING),
    ("assessment.send_back", Stage.MODERATION),
    ("assessment.unassign", Stage.SCORING),
}


def allowed(step: str, kind: Kind, stage: Stage) -> bool:
    if step == "assessment.score":
        return kind in SCORES.get(stage, set())
    people, stages = STEPS[step]
    return kind in people and stage in stages


@pytest.mark.parametrize("step", [*STEPS, "assessment.score"])
def test_a_step_changes_something_for_those_and_then_only(rights, step):
    address = next(
        one for one in addresses(rights.world.app) if one.endpoint == step and one.method == "POST"
    )
    wrong = []
    for stage in Stage:
        for kind in Kind:
            body = body_of(step, rights.own)
            outcome: Outcome = send(rights, address, kind, rights.own, stage, body)
            case = f"A2 {step} {kind} {stage}"
            may = allowed(step, kind, stage)
            if outcome.changed and not may:
                wrong.append(f"{case}: {outcome.status} and {outcome.written}")
            if may and (step, stage) in HAPPENS and not outcome.changed:
                wrong.append(f"{case}: {outcome.status}, and nothing happened")
            if outcome.status >= 500:
                wrong.append(f"{case}: {outcome.status}")
            record("A", case)
            if outcome.written:
                rights.renew()
    assert not wrong, "\n".join(map(str, wrong))
