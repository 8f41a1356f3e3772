"""What evidence may support, as the library knows it: elements that are open to it now.

Who assesses what is for the feature above to say; it hands in how it answers (`EVIDENCE_USES`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from accredit.evidence.models import Evidence
from accredit.evidence.sufficiency import Standing
from accredit.identity.domain import Access
from accredit.text import N_, Bilingual, RuleError


class WrongUseError(RuleError):
    """An element was chosen that this evidence cannot support now."""

    def __init__(self) -> None:
        super().__init__(
            N_("Choose elements of an open self-assessment of the same department."),
            field="uses",
        )


class NoUseError(RuleError):
    """The form was sent with nothing ticked."""

    def __init__(self) -> None:
        super().__init__(N_("Tick at least one element."), field="uses")


@dataclass(frozen=True, slots=True)
class Use:
    """One element of one assessment."""

    assessment_id: int
    code: str

    @property
    def value(self) -> str:
        """How a form says it."""
        return f"{self.assessment_id}:{self.code}"


@dataclass(frozen=True, slots=True)
class UsableElement:
    """An element, how its evidence stands (None where none is expected), and which it has."""

    use: Use
    title: Bilingual
    standing: Standing | None
    evidence_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class UsableGroup:
    """The elements of one criterion."""

    code: str
    title: Bilingual
    elements: tuple[UsableElement, ...]

    @property
    def lacking(self) -> int:
        """How many of them have not enough fresh evidence."""
        return sum(one.standing not in (None, Standing.MET) for one in self.elements)


@dataclass(frozen=True, slots=True)
class OpenAssessment:
    """A self-assessment under way, whose elements take evidence."""

    id: int
    department_id: int
    department: Bilingual
    cycle: str
    scope: Bilingual
    groups: tuple[UsableGroup, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """An element in words, and the cycle of the assessment that asked for it."""

    title: Bilingual
    cycle: str


class Uses(Protocol):
    """What the feature above answers about assessments."""

    def open_to(
        self, session: Session, access: Access, department_ids: Collection[int], *, today: date
    ) -> list[OpenAssessment]:
        """The self-assessments of the departments to whose elements the person may link."""

    def named(self, session: Session, uses: Collection[Use]) -> dict[Use, Named]:
        """The elements in words, as far as their standards still have them."""

    def link(
        self,
        session: Session,
        access: Access,
        use: Use,
        evidence: Evidence,
        *,
        place: str,
        at: datetime,
    ) -> None:
        """Use the evidence for the element; raises a `RuleError` where that cannot be."""


def chosen_of(offered: Sequence[OpenAssessment], values: Iterable[str]) -> list[Use]:
    """The elements somebody ticked; raises `WrongUseError` for one that was not offered."""
    known = {
        element.use.value: element.use
        for assessment in offered
        for group in assessment.groups
        for element in group.elements
    }
    try:
        return [known[value] for value in dict.fromkeys(values)]
    except KeyError:
        raise WrongUseError from None
