"""Walking one assessment through its stages: each function notes the steps of one stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from accredit.assessment import declaring, scoring
from accredit.assessment import service as assessments
from accredit.assessment.models import Assessment
from accredit.demo.levels import Outcome
from accredit.demo.library import Shelf, link_shown
from accredit.demo.people import PLAYERS
from accredit.demo.reasons import Author, assessor_reason, moderator_reason, self_reason
from accredit.demo.scene import Scene
from accredit.demo.showing import Amount, amount_for
from accredit.identity.domain import Role
from accredit.standard.domain import Element
from accredit.text import Bilingual, Language


@dataclass(frozen=True, slots=True)
class Team:
    """Who does what in one assessment, by the names the story knows them by."""

    manager: str
    leader: str
    contributor: str
    assessors: tuple[str, ...]
    moderator: str
    decides: str


@dataclass
class Walk:
    """One assessment on its way; `assessment` is there once its first step has happened."""

    scene: Scene
    department: str
    team: Team
    outcome: Outcome
    shelf: Shelf
    _found: list[Assessment] = field(default_factory=list)

    @property
    def assessment(self) -> Assessment:
        """The assessment; only steps that come after the opening may ask for it."""
        return self._found[0]

    @property
    def elements(self) -> Sequence[Element]:
        """What is scored, in order."""
        return self.scene.standard.elements

    def note_opening(
        self, days_ago: int, *, cycle: str, scope: Bilingual, due_on: date, staffed: bool = True
    ) -> None:
        """The programme manager opens it; `staffed` gives all duties, else one assessor's only."""
        scene, diary = self.scene, self.scene.diary

        def open_it(at: datetime) -> None:
            self._found.append(
                assessments.open_assessment(
                    scene.session,
                    scene.departments[self.department],
                    scene.version,
                    cycle=cycle,
                    scope=scope,
                    due_on=due_on,
                    by=scene.person_id(self.team.manager),
                    at=at,
                )
            )

        diary.note(diary.moment(days_ago, 9, 10), open_it)
        duties = [(key, Role.ASSESSOR) for key in self.team.assessors]
        if staffed:
            duties += [
                (self.team.moderator, Role.MODERATOR),
                (self.team.decides, Role.DECISION_MAKER),
            ]
        else:
            duties = duties[:1]
        for number, (key, role) in enumerate(duties):
            diary.note(
                diary.moment(days_ago, 9, 30 + 4 * number),
                partial(self._assign, key, role),
            )
            if staffed:
                diary.note(
                    diary.moment(days_ago, 11, 30 + 4 * number), partial(self._say_impartial, key)
                )

    def _assign(self, key: str, role: Role, at: datetime) -> None:
        scene = self.scene
        assessments.assign(
            scene.session,
            self.assessment,
            scene.people[key],
            role,
            by=scene.person_id(self.team.manager),
            at=at,
        )

    def _say_impartial(self, key: str, at: datetime) -> None:
        scene = self.scene
        declaring.say_impartial(scene.session, self.assessment, by=scene.person_id(key), at=at)

    def note_start(self, days_ago: int) -> None:
        """The programme manager starts the self-assessment."""
        scene, diary = self.scene, self.scene.diary
        diary.note(
            diary.moment(days_ago, 14, 20),
            lambda at: assessments.start(
                scene.session, self.assessment, by=scene.person_id(self.team.manager), at=at
            ),
        )

    def note_self_assessment(
        self, first: int, last: int, *, count: int | None = None, submit: bool = True
    ) -> None:
        """The department links evidence and scores itself; `count` stops it half-way."""
        elements = self.elements[:count]
        levels = self.outcome.own(self.scene.standard)
        moments = self.scene.diary.spread(first, last, len(elements))
        for number, (element, moment) in enumerate(zip(elements, moments, strict=True)):
            # Every fourth element is the leader's own, such as those about leadership.
            key = self.team.leader if number % 4 == 0 else self.team.contributor
            self.scene.diary.note(
                moment,
                partial(self._score_self, element, levels[element.code], key),
            )
        if submit:
            diary = self.scene.diary
            diary.note(
                diary.moment(last, 15, 30),
                lambda at: scoring.submit_self_assessment(
                    self.scene.session,
                    self.assessment,
                    access=self.scene.access(self.team.leader),
                    at=at,
                ),
            )

    def _score_self(self, element: Element, level: str, key: str, at: datetime) -> None:
        scene = self.scene
        place_of = self.elements.index(element)
        amount = self._amount(element, own=level)
        shown = self.shelf.show(element, amount, turn=place_of, on=at.date())
        link_shown(scene, self.assessment, element.code, shown, by=key, at=at)
        scoring.score_self(
            scene.session,
            self.assessment,
            element.code,
            level=level,
            reason=self_reason(scene.standard, element, level, self._author(key)),
            version=None,
            access=scene.access(key),
            at=at,
        )

    def _amount(self, element: Element, *, own: str) -> Amount:
        """How much is shown: what fits the level agreed in the end, which nobody knows yet."""
        amount = amount_for(self.outcome.agreed(self.scene.standard)[element.code], own)
        if amount is Amount.ALL and element.code in self.outcome.short:
            return Amount.SHORT
        # Of what is not shown in full, every other element has a piece of last year's.
        has_old = self.shelf.older is not None and self.elements.index(element) % 2
        return Amount.OLD if amount is Amount.SHORT and has_old else amount

    def note_scoring(
        self, first: int, last: int, *, counts: Mapping[str, int] | None = None
    ) -> None:
        """The assessors score, each alone; `counts` stops them half-way, and none submits."""
        scene, diary = self.scene, self.scene.diary
        for number, key in enumerate(self.team.assessors):
            levels = self.outcome.individual(scene.standard, number)
            elements = self.elements[: counts[key]] if counts else self.elements
            moments = diary.spread(first, last, len(elements))
            for element, moment in zip(elements, moments, strict=True):
                diary.note(
                    moment,
                    partial(self._score, key, element, levels[element.code]),
                )
            if counts is None:
                diary.note(
                    diary.moment(last, 15, 20 + 10 * number),
                    partial(self._submit_scores, key),
                )

    def _submit_scores(self, key: str, at: datetime) -> None:
        scene = self.scene
        scoring.submit_scores(scene.session, self.assessment, access=scene.access(key), at=at)

    def _score(self, key: str, element: Element, level: str, at: datetime) -> None:
        scene = self.scene
        scoring.score_element(
            scene.session,
            self.assessment,
            element.code,
            level=level,
            reason=assessor_reason(scene.standard, element, level, self._author(key)),
            version=None,
            access=scene.access(key),
            at=at,
        )

    def note_moderation(self, first: int, last: int, *, share: float = 1.0) -> None:
        """The moderator settles what the assessors saw differently, then confirms the rest.

        With a `share` below 1 only that part of the differences is settled, and no more.
        """
        scene, diary = self.scene, self.scene.diary
        standard = scene.standard
        agreed = self.outcome.agreed(standard)
        both = [self.outcome.individual(standard, number) for number in (0, 1)]
        differing = [
            element for element in self.elements if len({own[element.code] for own in both}) > 1
        ]
        differing = differing[: round(share * len(differing))]
        moments = diary.spread(first, last, len(differing))
        for element, moment in zip(differing, moments, strict=True):
            level = agreed[element.code]
            other = next(own[element.code] for own in both if own[element.code] != level)
            diary.note(
                moment,
                partial(self._agree, element, level, other),
            )
        if share < 1:
            return
        moderator = self.team.moderator
        diary.note(
            diary.moment(last, 15, 20),
            lambda at: scoring.confirm_all(
                scene.session, self.assessment, access=scene.access(moderator), at=at
            ),
        )
        diary.note(
            diary.moment(last, 15, 40),
            lambda at: scoring.submit_moderation(
                scene.session, self.assessment, access=scene.access(moderator), at=at
            ),
        )

    def _agree(self, element: Element, level: str, other: str, at: datetime) -> None:
        scene, moderator = self.scene, self.team.moderator
        author = self._author(moderator)
        scoring.agree(
            scene.session,
            self.assessment,
            element.code,
            level=level,
            reason=moderator_reason(scene.standard, element, level, other, author),
            version=None,
            access=scene.access(moderator),
            at=at,
        )

    def _author(self, key: str) -> Author:
        player = next(item for item in PLAYERS if item.key == key)
        language: Language = "ar" if player.language == "ar" else "en"
        return Author(f"{key}:{self.outcome.key}:{self.department}", language)
