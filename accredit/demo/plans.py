"""The improvement plans: drafted from last year's gaps, made concrete, worked on, verified."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from accredit.demo.intents import CONTACT, DIGITAL, LICENSING, Finding, Intent, Turn
from accredit.demo.scene import Scene
from accredit.demo.walk import Walk
from accredit.improvement import drafting
from accredit.improvement import service as improvement
from accredit.improvement.domain import ActionDetails
from accredit.improvement.models import ImprovementAction
from accredit.improvement.verifying import verify_action
from accredit.text import Language


def note_plans(scene: Scene, walks: dict[str, Walk]) -> None:
    """Note how the leaders draft their plans and what has become of each action."""
    _note_plan(scene, walks["licensing-before"], LICENSING, "khalid", "ar", 341)
    _note_plan(scene, walks["contact-before"], CONTACT, "maryam", "en", 338)
    made: dict[str, ImprovementAction] = {}
    scene.diary.note(
        scene.diary.moment(345, 10, 30), partial(_create, scene, "DIG", DIGITAL, "yousef", made)
    )
    _note_turns(scene, DIGITAL, made)


def _note_plan(
    scene: Scene,
    walk: Walk,
    intents: tuple[Intent, ...],
    leader: str,
    language: Language,
    days_ago: int,
) -> None:
    made: dict[str, ImprovementAction] = {}
    diary = scene.diary
    codes = [intent.code for intent in intents]
    diary.note(
        diary.moment(days_ago, 10, 15), partial(_draft, scene, walk, codes, leader, language, made)
    )
    concrete = [intent for intent in intents if intent.owner]
    moments = diary.spread(days_ago - 4, days_ago - 9, len(concrete))
    for intent, moment in zip(concrete, moments, strict=True):
        diary.note(moment, partial(_make_concrete, scene, intent, leader, made))
    for intent in intents:
        _note_turns(scene, intent, made)


def _note_turns(scene: Scene, intent: Intent, made: dict[str, ImprovementAction]) -> None:
    for turn in intent.turns:
        moment = scene.diary.moment(turn.days_ago, 13, 35)
        scene.diary.note(moment, partial(_move, scene, intent, turn, made))
    for finding in intent.findings:
        moment = scene.diary.moment(finding.days_ago, 14, 10)
        scene.diary.note(moment, partial(_verify, scene, intent, finding, made))


def _draft(
    scene: Scene,
    walk: Walk,
    codes: list[str],
    leader: str,
    language: Language,
    made: dict[str, ImprovementAction],
    at: datetime,
) -> None:
    assessment = walk.assessment
    _, proposals = drafting.preview(
        scene.session, assessment, scene.access(leader), today=_today(scene, at)
    )
    sentence = "رفع «{}» من «{}» إلى «{}»" if language == "ar" else "Raise “{}” from “{}” to “{}”"
    titles = {
        proposal.code: sentence.format(
            *(
                text.in_language(language)
                for text in (
                    proposal.row.title,
                    proposal.row.level.name,
                    proposal.row.required.name,
                )
            )
        )
        for proposal in proposals
    }
    drafted = drafting.draft(
        scene.session,
        assessment,
        proposals,
        codes,
        titles=titles,
        by=scene.person_id(leader),
        at=at,
    )
    made.update({action.element_code or "": action for action in drafted})


def _create(
    scene: Scene,
    department: str,
    intent: Intent,
    leader: str,
    made: dict[str, ImprovementAction],
    at: datetime,
) -> None:
    made[intent.code] = improvement.create_action(
        scene.session,
        scene.departments[department],
        _details(scene, intent),
        by=scene.person_id(leader),
        at=at,
        today=_today(scene, at),
    )


def _make_concrete(
    scene: Scene, intent: Intent, leader: str, made: dict[str, ImprovementAction], at: datetime
) -> None:
    action = made[intent.code]
    improvement.update_action(
        scene.session,
        action,
        _details(scene, intent),
        version=action.version,
        by=scene.person_id(leader),
        at=at,
        today=_today(scene, at),
    )


def _move(
    scene: Scene, intent: Intent, turn: Turn, made: dict[str, ImprovementAction], at: datetime
) -> None:
    action = made[intent.code]
    improvement.change_status(
        scene.session,
        action,
        turn.status,
        note=turn.note,
        version=action.version,
        by=scene.person_id(intent.owner or ""),
        at=at,
        today=_today(scene, at),
    )


def _verify(
    scene: Scene,
    intent: Intent,
    finding: Finding,
    made: dict[str, ImprovementAction],
    at: datetime,
) -> None:
    action = made[intent.code]
    verify_action(
        scene.session,
        action,
        finding.outcome,
        finding=finding.text,
        version=action.version,
        by=scene.person_id(finding.by),
        at=at,
        today=_today(scene, at),
    )


def _details(scene: Scene, intent: Intent) -> ActionDetails:
    return ActionDetails(
        title=intent.title,
        description=intent.description,
        owner_id=scene.person_id(intent.owner) if intent.owner else None,
        due_on=scene.diary.today - timedelta(days=intent.due),
        kpi=intent.kpi,
        target=intent.target,
    )


def _today(scene: Scene, at: datetime) -> date:
    return at.astimezone(scene.settings.time_zone).date()
