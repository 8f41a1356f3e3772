"""One assessment by a standard of points and attributes: chosen weights, scores half given."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from accredit.assessment import scoring
from accredit.assessment import service as assessments
from accredit.assessment.choices import Choices
from accredit.assessment.choosing import set_choices
from accredit.assessment.models import Assessment
from accredit.demo.library import Shelf, link_shown
from accredit.demo.people import PLAYERS
from accredit.demo.scene import Scene
from accredit.demo.showing import Amount
from accredit.identity.domain import Role
from accredit.standard.domain import OVERALL, Combine, Element, Standard
from accredit.standard.models import StandardVersion
from accredit.standard.service import read_standard
from accredit.text import Bilingual

SCOPE = Bilingual(
    "The digital services department as a whole",
    "إدارة الخدمات الرقمية بكاملها",
)
MANAGER, LEADER, CONTRIBUTOR = "huda", "yousef", "rania"
ASSESSORS, MODERATOR, DECIDES = ("grace", "fatima"), "ibrahim", "laila"
#: Customers and partners count more here than owners and society.
WEIGHTS = {"3.1": Decimal(35), "3.3": Decimal(15), "3.4": Decimal(10)}
#: How many elements each assessor has come to.
COUNTS = {"grace": 16, "fatima": 9}
#: The least place of a scale around which the values of an element lie.
_LOWEST = 7

_SELF = Bilingual(
    "“{strong}” is where we are furthest, “{weak}” is what we still work on. "
    "The linked files show both.",
    "أقوى ما لدينا هنا «{strong}»، وما زلنا نعمل على «{weak}»، والملفات المرتبطة تثبت ذلك.",
)
_ASSESSOR = (
    Bilingual(
        "I read the linked files and asked two teams: “{strong}” carries this element, "
        "“{weak}” holds it back.",
        "قرأتُ الملفات المرتبطة وسألتُ فريقين: يقوم هذا العنصر على «{strong}»، ويحدّ منه «{weak}».",
    ),
    Bilingual(
        "What was shown on “{strong}” is the same in each sample. For “{weak}” there was "
        "less than was claimed.",
        "ما عُرض في «{strong}» ثابت في كل عينة. أما «{weak}» فما ثبت منه أقل مما قيل.",
    ),
)


class _Walk:
    """The assessment on its way; it is there once its first step has happened."""

    def __init__(self, scene: Scene, version: StandardVersion, shelf: Shelf) -> None:
        self.scene, self.version, self.shelf = scene, version, shelf
        self.standard = read_standard(version)
        self.found: list[Assessment] = []

    @property
    def assessment(self) -> Assessment:
        return self.found[0]

    def open(self, at: datetime) -> None:
        self.found.append(
            assessments.open_assessment(
                self.scene.session,
                self.scene.departments["DIG"],
                self.version,
                cycle=str(self.scene.diary.today.year),
                scope=SCOPE,
                due_on=self.scene.diary.today + timedelta(days=40),
                by=self.scene.person_id(MANAGER),
                at=at,
            )
        )

    def assign(self, key: str, role: Role, at: datetime) -> None:
        scene = self.scene
        person, by = scene.people[key], scene.person_id(MANAGER)
        assessments.assign(scene.session, self.assessment, person, role, by=by, at=at)

    def choose(self, at: datetime) -> None:
        set_choices(
            self.scene.session,
            self.assessment,
            Choices(WEIGHTS),
            version=self.assessment.version,
            by=self.scene.person_id(MANAGER),
            at=at,
        )

    def start(self, at: datetime) -> None:
        by = self.scene.person_id(MANAGER)
        assessments.start(self.scene.session, self.assessment, by=by, at=at)

    def score_self(self, element: Element, at: datetime) -> None:
        scene, turn = self.scene, self.standard.elements.index(element)
        key = LEADER if turn % 4 == 0 else CONTRIBUTOR
        # What lies lowest of all values lacks a piece.
        amount = Amount.SHORT if _base(element) == _LOWEST else Amount.ALL
        shown = self.shelf.show(element, amount, turn=turn, on=at.date())
        link_shown(scene, self.assessment, element.code, shown, by=key, at=at)
        values = values_of(self.standard, element, "self", 2)
        scoring.score_self(
            scene.session,
            self.assessment,
            element.code,
            level=values.level,
            attributes=values.attributes,
            reason=self._reason(_SELF, key, element, values.attributes),
            version=None,
            access=scene.access(key),
            at=at,
        )

    def submit(self, at: datetime) -> None:
        access = self.scene.access(LEADER)
        scoring.submit_self_assessment(self.scene.session, self.assessment, access=access, at=at)

    def score(self, key: str, element: Element, at: datetime) -> None:
        values = values_of(self.standard, element, key, 0)
        words = _ASSESSOR[(ASSESSORS.index(key) + len(element.code + element.title.en)) % 2]
        scoring.score_element(
            self.scene.session,
            self.assessment,
            element.code,
            level=values.level,
            attributes=values.attributes,
            reason=self._reason(words, key, element, values.attributes),
            version=None,
            access=self.scene.access(key),
            at=at,
        )

    def _reason(
        self, words: Bilingual, key: str, element: Element, values: Mapping[str, str]
    ) -> str:
        language = next(player.language for player in PLAYERS if player.key == key)
        attributes = self.standard.attributes_of(element)
        titles = {one.id: one.title for one in attributes.attributes} if attributes else {}
        ranked = sorted(values, key=lambda name: int(values[name]))
        strong, weak = titles[ranked[-1]], titles[ranked[0]]
        return words.in_language(language).format(
            strong=strong.in_language(language), weak=weak.in_language(language)
        )


def note_excellence(scene: Scene, version: StandardVersion, shelf: Shelf) -> None:
    """Note its steps: opened, weights agreed, self-assessed, and scored in part."""
    walk, diary = _Walk(scene, version, shelf), scene.diary
    diary.note(diary.moment(35, 9, 12), walk.open)
    duties = [(key, Role.ASSESSOR) for key in ASSESSORS]
    duties += [(MODERATOR, Role.MODERATOR), (DECIDES, Role.DECISION_MAKER)]
    for number, (key, role) in enumerate(duties):
        diary.note(diary.moment(35, 9, 31 + 4 * number), partial(walk.assign, key, role))
    diary.note(diary.moment(34, 10, 5), walk.choose)
    diary.note(diary.moment(34, 14, 25), walk.start)
    elements = walk.standard.judged_elements
    for element, moment in zip(elements, diary.spread(31, 19, len(elements)), strict=True):
        diary.note(moment, partial(walk.score_self, element))
    diary.note(diary.moment(19, 15, 35), walk.submit)
    for key, count in COUNTS.items():
        for element, moment in zip(elements[:count], diary.spread(13, 1, count), strict=True):
            diary.note(moment, partial(walk.score, key, element))


@dataclass(frozen=True, slots=True)
class Values:
    """The values somebody gives the attributes of an element, and the one as a whole."""

    level: str
    attributes: Mapping[str, str]


def values_of(standard: Standard, element: Element, who: str, more: int) -> Values:
    """What somebody gives an element: values near one another, and one as a whole among them.

    They lie `more` steps above what the assessors see.
    """
    attributes = standard.attributes_of(element)
    ids = standard.scale_of(element).level_ids
    base = _base(element) + more
    places = {
        name: base + _draw(element.code, who, name) % 5 - 2
        for name in (attributes.ids if attributes else ())
    }
    given = {name: ids[min(place, len(ids) - 1)] for name, place in places.items()}
    whole = sorted(places.values())[len(places) // 2] if places else base
    level = ids[min(whole, len(ids) - 1)]
    if attributes is not None and attributes.combine is Combine.MEAN:
        level = ""
    return Values(level, given)


def _base(element: Element) -> int:
    """Around which place of its scale the values of an element lie."""
    return _LOWEST + _draw(element.code) % 7


def _draw(*what: str) -> int:
    """A number from 0 to 255, always the same for the same words."""
    return hashlib.sha256(":".join((OVERALL, *what)).encode()).digest()[0]
