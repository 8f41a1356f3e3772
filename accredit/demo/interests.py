"""Ties in the story: one that took a duty away, one from before, and one declared by mistake."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from accredit.assessment import declaring
from accredit.assessment import service as assessments
from accredit.assessment.declaring import Declaration
from accredit.assessment.interests import InterestKind
from accredit.demo.people import PLAYERS
from accredit.demo.scene import Scene
from accredit.demo.walk import Walk
from accredit.identity.domain import Role
from accredit.identity.people import Place
from accredit.text import Bilingual

_ADVICE = Bilingual(
    "My company wrote the handbook of the licensing counters and trained the staff.",
    "أعدّت شركتي دليل شبابيك التراخيص ودرّبت الموظفين.",
)
_SHARES = Bilingual(
    "I hold shares of the company that runs the application of the contact centre.",
    "أملك أسهمًا في الشركة التي تشغّل نظام مركز الاتصال.",
)
_AUDIT = Bilingual(
    "I audited the portal for the internal audit office.",
    "دقّقت البوابة الإلكترونية لصالح إدارة التدقيق الداخلي.",
)
_MISTAKE = Bilingual(
    "The shares were sold before the contract began; we looked at the papers together.",
    "بيعت الأسهم قبل بداية العقد، واطّلعنا معًا على المستندات.",
)


def note_interests(scene: Scene) -> None:
    """What people declare apart from any assessment."""
    diary = scene.diary
    ended_on = diary.today - timedelta(days=500)
    note = partial(_note, scene)
    note("daniel", "DIG", InterestKind.INTERNAL_AUDIT, _AUDIT, 460, ended_on - timedelta(days=400))
    note("daniel", "CC", InterestKind.FINANCIAL, _SHARES, 240)

    def set_aside(at: datetime) -> None:
        tie = declaring.own_interests(scene.session, scene.person_id("daniel"))[0]
        declaring.set_aside(
            scene.session, tie, reason=_MISTAKE.ar, by=scene.person_id("huda"), at=at
        )

    diary.note(diary.moment(236, 10, 20), set_aside)


def note_recusal(scene: Scene, walk: Walk) -> None:
    """An assessor was assigned and then remembers what ties them to the department."""

    def assign(at: datetime) -> None:
        assessments.assign(
            scene.session,
            walk.assessment,
            scene.people["grace"],
            Role.ASSESSOR,
            by=scene.person_id("huda"),
            at=at,
        )

    scene.diary.note(scene.diary.moment(5, 9, 50), assign)
    ended_on = scene.diary.today - timedelta(days=200)
    _note(scene, "grace", "LIC", InterestKind.CONSULTANCY, _ADVICE, 2, ended_on)


def _note(
    scene: Scene,
    key: str,
    department: str,
    kind: InterestKind,
    words: Bilingual,
    days_ago: int,
    ended_on: date | None = None,
) -> None:
    def declare(at: datetime) -> None:
        place = scene.departments[department]
        organisation = place.organisation
        player = next(one for one in PLAYERS if one.key == key)
        said = Declaration(
            Place(organisation.id, place.id, organisation.name, place.name),
            kind,
            words.in_language(player.language),
            ended_on,
        )
        today = scene.diary.today
        declaring.declare(scene.session, said, today=today, by=scene.person_id(key), at=at)

    scene.diary.note(scene.diary.moment(days_ago, 12, 10), declare)
