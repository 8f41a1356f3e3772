"""Scores and the steps of an assessment, by several people at once."""

from __future__ import annotations

import html
import threading

from sqlalchemy import select

from accredit.assessment import moving
from accredit.assessment.domain import Stage
from accredit.assessment.models import Assessment, Assignment, Score, ScoreSetAside
from accredit.identity.domain import Role
from accredit.standard import service as standards
from tests.concurrency.place import Place, scenario, score_form, statuses, the_one
from tests.making_versions import REWORDED, newer
from tests.real.client import Answer, Client, all_at_once
from tests.real.work import walk_now

LEVELS = ("started", "partial", "good", "exceptional")


def assessment_at(place: Place, stage: Stage, *, submit: bool = True) -> int:
    """A new assessment; everything of earlier stages is done."""
    with place.instance.arranging() as session:
        cycle = str(place.number())
        return walk_now(session, place.cast, stage, cycle=cycle, submit=submit).id


@scenario("01 two edit one score")
def two_edit_one_score(place: Place) -> None:
    """Four windows save until each was accepted once; nobody overwrites what they did not see."""
    assessment = assessment_at(place, Stage.SELF_ASSESSMENT)
    people = (place.cast.contributor, place.cast.leader) * 2
    windows = [place.window(person, n // 2) for n, person in enumerate(people)]
    history: list[tuple[int | None, str, Answer]] = []
    lock = threading.Lock()

    def save_until_accepted(window: Client, level: str, number: int) -> Answer:
        version, reason = None, f"Window {number} saw it in the register itself."
        while True:
            answer = window.post(
                f"/assessments/{assessment}/elements/1.1/score",
                score_form(level, reason, version),
                Accept="application/json",
            )
            with lock:
                history.append((version, reason, answer))
            if answer.status == 200:
                return answer
            assert answer.status == 409, (answer.status, answer.text[:300])
            version = answer.json["version"]

    all_at_once(
        [
            lambda n=n, window=window: save_until_accepted(window, LEVELS[n], n)
            for n, window in enumerate(windows)
        ]
    )
    accepted = {
        answer.json["version"]: (version, reason)
        for version, reason, answer in history
        if answer.status == 200
    }
    # Four different versions, each written over just the one its window had seen.
    assert sorted(accepted) == [1, 2, 3, 4]
    assert [accepted[n][0] for n in (1, 2, 3, 4)] == [None, 1, 2, 3]
    for version, _reason, answer in history:
        if answer.status == 409:
            theirs = answer.json["version"]
            assert theirs != version
            assert accepted[theirs][1] in html.unescape(answer.json["conflict"])
    told = [
        details["after"]["reason"]
        for _, action, details in place.events("assessment", assessment)
        if action == "score.set"
    ]
    assert told == [accepted[n][1] for n in (1, 2, 3, 4)]
    with place.instance.looking() as session:
        score = session.scalars(select(Score).where(Score.assessment_id == assessment)).one()
        assert (score.version, score.reason) == (4, accepted[4][1])


@scenario("02 edit and submit")
def edit_and_submit(place: Place) -> None:
    """The leader submits while a colleague saves: the score is in what was handed over, or not."""
    assessment = assessment_at(place, Stage.SELF_ASSESSMENT, submit=False)
    reason = "A later look found the promise of one service missing."
    editor, leader = place.window(place.cast.contributor), place.window(place.cast.leader)
    form = score_form("partial", reason, 1)
    edited, submitted = all_at_once(
        [
            lambda: editor.post(f"/assessments/{assessment}/elements/1.1/score", form),
            lambda: leader.post(f"/assessments/{assessment}/self-assessment/submit"),
        ]
    )
    assert submitted.status == 303, submitted.status
    assert edited.status in (303, 409), edited.status
    actions = [
        action
        for _, action, details in place.events("assessment", assessment)
        if details.get("after", {}).get("reason") == reason or action.endswith("_submitted")
    ]
    before = ["score.set"] if edited.status == 303 else []
    assert actions == [*before, "assessment.self_assessment_submitted"]
    with place.instance.looking() as session:
        kept = session.scalars(
            select(Score.reason).where(
                Score.assessment_id == assessment, Score.element_code == "1.1"
            )
        ).one()
        assert (kept == reason) == (edited.status == 303)
        assert session.get_one(Assessment, assessment).stage == Stage.SCORING


@scenario("03 submit twice")
def submit_twice(place: Place) -> None:
    """A button pressed in two windows hands over once."""
    assessment = assessment_at(place, Stage.SELF_ASSESSMENT, submit=False)
    windows = [place.window(place.cast.leader, n) for n in range(3)]
    answers = all_at_once(
        [
            lambda window=window: window.post(f"/assessments/{assessment}/self-assessment/submit")
            for window in windows
        ]
    )
    the_one(answers, 303)
    assert statuses(answers)[1:] == [409, 409]
    actions = [action for _, action, _ in place.events("assessment", assessment)]
    assert actions.count("assessment.self_assessment_submitted") == 1


@scenario("05 score and rubric upgrade")
def score_and_upgrade(place: Place) -> None:
    """A score of the old version is kept apart or refused, never taken for one of the new."""
    assessment = assessment_at(place, Stage.SELF_ASSESSMENT)
    with place.instance.arranging() as session:
        found = session.get_one(Assessment, assessment)
        old = found.standard_version.sha256
        # From then on there is a newer version, and every round can move to it.
        version = standards.find_version(session, "small-excellence", "2.0") or standards.publish(
            session, newer(REWORDED, version="2.0"), by=None, at=found.opened_at
        )
        version_id = version.id
    manager = place.window(place.cast.programme_manager)
    shown = manager.get(f"/assessments/{assessment}/move?version={version_id}")
    fields = ("to_version", "from_sha256", "to_sha256", "assessment_version")
    confirm = {name: shown.hidden(name) for name in fields}
    editor = place.window(place.cast.contributor)
    reason = "Half of the services have a promise on their page."
    form = score_form("partial", reason, None, standard=old)
    scored, moved = all_at_once(
        [
            lambda: editor.post(f"/assessments/{assessment}/elements/1.1/score", form),
            lambda: manager.post(f"/assessments/{assessment}/move", confirm),
        ]
    )
    assert moved.status == 303, moved.status
    assert scored.status in (303, 409), scored.status
    with place.instance.looking() as session:
        assert session.get_one(Assessment, assessment).standard_version_id == version_id
        counts = session.scalars(select(Score).where(Score.assessment_id == assessment)).all()
        aside = session.scalars(
            select(ScoreSetAside).where(ScoreSetAside.assessment_id == assessment)
        ).all()
        assert counts == []
        assert [reason in item.content for item in aside] == [True] * (scored.status == 303)
        assert len(moving.earlier_scores(session, session.get_one(Assessment, assessment))) == len(
            aside
        )


@scenario("07 delete and assign")
def delete_and_assign(place: Place) -> None:
    """A duty is taken back and given again at once: whoever came first is seen by the other."""
    assessment = assessment_at(place, Stage.SELF_ASSESSMENT)
    assessor = place.cast.second_assessor.id
    with place.instance.looking() as session:
        held = session.scalars(
            select(Assignment.id).where(
                Assignment.assessment_id == assessment, Assignment.person_id == assessor
            )
        ).one()
    first, second, third = (place.window(place.cast.programme_manager, n) for n in range(3))
    give = {"role": Role.ASSESSOR.value, "person_id": str(assessor)}
    removed, *given = all_at_once(
        [
            lambda: first.post(f"/assessments/{assessment}/people/{held}/remove"),
            lambda: second.post(f"/assessments/{assessment}/people", give),
            lambda: third.post(f"/assessments/{assessment}/people", give),
        ]
    )
    assert removed.status == 303, removed.status
    assert statuses(given) in ([303, 422], [422, 422]), statuses(given)
    counts = 0
    for _, action, details in place.events("assessment", assessment):
        if details.get("person") == assessor:
            counts += {"assignment.added": 1, "assignment.removed": -1}[action]
            assert counts in (0, 1), "one person has one duty"
    with place.instance.looking() as session:
        rows = session.scalars(
            select(Assignment).where(
                Assignment.assessment_id == assessment, Assignment.person_id == assessor
            )
        ).all()
    assert len(rows) == counts == statuses(given).count(303)
