"""The departments' evidence: real files, uploaded through the rules of the product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from io import BytesIO

from accredit.assessment.linking import link_to_element
from accredit.assessment.models import Assessment
from accredit.demo.documents import Setting
from accredit.demo.people import DEPARTMENTS, ORGANISATIONS
from accredit.demo.periods import whole_year
from accredit.demo.pieces import PIECES, Piece
from accredit.demo.scene import Scene
from accredit.demo.showing import Amount, Part, parts_of
from accredit.evidence import service as evidence_service
from accredit.evidence import uploading
from accredit.evidence.domain import Details, Upload
from accredit.evidence.models import Evidence
from accredit.evidence.sufficiency import age_in_months
from accredit.standard.domain import Element, EvidenceExpectation
from accredit.text import Bilingual, Language

#: A piece and the place in it at which to look.
Found = tuple[Evidence, str]


@dataclass
class Shelf:
    """A department's evidence for the assessment of a `year`, uploaded from a `day` on.

    `older` is what it had for the assessment before.
    """

    department: str
    language: Language
    year: int
    day: date
    older: Shelf | None = None
    by_piece: dict[str, Evidence] = field(default_factory=dict)

    def setting(self, piece: Piece) -> Setting:
        """For whom a piece is made, and of which period it tells."""
        place = next(item for item in DEPARTMENTS if item.code == self.department)
        period = piece.stretch(self.day) if piece.stretch else whole_year(self.year)
        organisation = ORGANISATIONS[place.organisation]
        return Setting(place.name, organisation, self.language, self.year, period)

    def show(self, element: Element, amount: Amount, *, turn: int, on: date) -> list[Found]:
        """The evidence for an element on a day; `turn` varies which, of several that fit."""
        weak = self._weak(element, amount, turn, on)
        return [
            found
            for part in parts_of(element, amount, weak)
            for found in self._show_part(part, element.code, turn, on)
        ]

    def _weak(self, element: Element, amount: Amount, turn: int, on: date) -> int:
        """At which expectation something is missing, or old where last year's would be too old."""
        places = [(turn + step) % len(element.evidence) for step in range(len(element.evidence))]
        if amount is Amount.OLD:
            places.sort(key=lambda place: not self._too_old(element.evidence[place], turn, on))
        return places[0]

    def _show_part(self, part: Part, code: str, turn: int, on: date) -> list[Found]:
        fitting = self._fitting(part.expectation.kind, code, turn)
        found = [self._found(piece, turn) for piece in fitting[: part.new]]
        return found + self._too_old(part.expectation, turn, on)[: part.old]

    def _too_old(self, expectation: EvidenceExpectation, turn: int, on: date) -> list[Found]:
        """Last year's pieces that tell of a time further back than is accepted."""
        older = self.older
        if older is None:
            return []
        return [
            older._found(piece, turn)
            for piece in PIECES
            if piece.kind == expectation.kind
            and (evidence := older.by_piece.get(piece.key)) is not None
            and age_in_months(evidence.period_to_on, evidence.created_at.date(), on=on)
            > expectation.max_age_months
        ]

    def _fitting(self, kind: str, code: str, turn: int) -> list[Piece]:
        """The pieces of a kind: first what was made for the element, then all by turns."""
        fitting = [piece for piece in PIECES if piece.kind == kind and piece.key in self.by_piece]
        first = turn % max(1, len(fitting))
        in_turn = fitting[first:] + fitting[:first]
        return sorted(in_turn, key=lambda piece: code not in piece.about)

    def _found(self, piece: Piece, turn: int) -> Found:
        place = piece.places[turn % len(piece.places)]
        return self.by_piece[piece.key], self.setting(piece).say(place.en, place.ar)


def note_shelf(
    scene: Scene,
    department: str,
    *,
    by: str,
    language: Language,
    year: int,
    first: int,
    last: int,
    only: frozenset[str] = frozenset(),
    older: Shelf | None = None,
) -> Shelf:
    """Note the uploads of a department's evidence between `first` and `last` days ago.

    They are for the assessment of a `year`, and tell of periods that had ended when the first
    is uploaded. `only` names the pieces to upload; by default all of them.
    """
    pieces = [piece for piece in PIECES if not only or piece.key in only]
    # The places are set up by the first steps; until then only their names are known.
    shelf = Shelf(department, language, year, scene.diary.day(first), older)
    for piece, moment in zip(pieces, scene.diary.spread(first, last, len(pieces)), strict=True):
        scene.diary.note(moment, partial(_upload, scene, shelf, piece, by))
    return shelf


def _upload(scene: Scene, shelf: Shelf, piece: Piece, by: str, at: datetime) -> None:
    setting = shelf.setting(piece)
    title = piece.title_in(setting)
    (evidence,) = uploading.add_evidence(
        scene.session,
        scene.store,
        scene.departments[shelf.department],
        [Upload(f"{title}.{piece.ending}", BytesIO(piece.make(setting, title)))],
        details=Details(
            title=title,
            note=setting.say(
                "Prepared for the self-assessment of {year}.", "أُعد للتقييم الذاتي لسنة {year}."
            ),
            kind=piece.kind,
            period_from_on=setting.period.first,
            period_to_on=setting.period.last,
        ),
        limit=scene.settings.upload_limit,
        by=scene.person_id(by),
        at=at,
    )
    shelf.by_piece[piece.key] = evidence


def note_new_version(scene: Scene, shelf: Shelf, key: str, *, by: str, moment: datetime) -> None:
    """Note that a newer file of the same piece is uploaded; the older one stays."""

    def add(at: datetime) -> None:
        piece = next(item for item in PIECES if item.key == key)
        setting = shelf.setting(piece)
        newer = replace(setting, year=setting.year + 1)
        title = piece.title_in(setting)
        uploading.add_version(
            scene.session,
            scene.store,
            shelf.by_piece[key],
            Upload(f"{title}-2.{piece.ending}", BytesIO(piece.make(newer, title))),
            limit=scene.settings.upload_limit,
            by=scene.person_id(by),
            at=at,
        )

    scene.diary.note(moment, add)


def note_withdrawal(
    scene: Scene, shelf: Shelf, key: str, *, reason: Bilingual, by: str, moment: datetime
) -> None:
    """Note that the department no longer stands by a piece, and says why."""
    scene.diary.note(
        moment,
        lambda at: evidence_service.withdraw_evidence(
            scene.session,
            shelf.by_piece[key],
            reason=reason.in_language(shelf.language),
            by=scene.person_id(by),
            at=at,
        ),
    )


def link_shown(
    scene: Scene,
    assessment: Assessment,
    code: str,
    shown: Iterable[Found],
    *,
    by: str,
    at: datetime,
) -> None:
    """Somebody of the department links what it shows for an element."""
    for evidence, place in shown:
        link_to_element(
            scene.session,
            assessment,
            code,
            evidence.id,
            place=place,
            access=scene.access(by),
            at=at,
        )
