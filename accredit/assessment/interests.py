"""Interests that people declare: ties to who is assessed, and how long these keep them away.

Pure, like `domain`. The look-back is that of certification bodies: two years after a tie ended
(ISO/IEC 17021-1, 5.2).
"""

from __future__ import annotations

import calendar
from datetime import date
from enum import StrEnum

from accredit.text import N_, RuleError

#: How many months a tie goes on to keep somebody from judging after it ended.
LOOK_BACK_MONTHS = 24

MINIMUM_WORDS = 10
MAXIMUM_WORDS = 1000


class InterestKind(StrEnum):
    """What ties somebody to who is assessed."""

    EMPLOYMENT = "employment"
    CONSULTANCY = "consultancy"
    INTERNAL_AUDIT = "internal_audit"
    FINANCIAL = "financial"
    FAMILY = "family"
    OTHER = "other_tie"


INTEREST_NAMES = {
    InterestKind.EMPLOYMENT: N_("I work or worked there"),
    InterestKind.CONSULTANCY: N_("I advised them or prepared them for an assessment"),
    InterestKind.INTERNAL_AUDIT: N_("I audited them from inside"),
    InterestKind.FINANCIAL: N_("I have a financial interest"),
    InterestKind.FAMILY: N_("A family member or close friend works there"),
    InterestKind.OTHER: N_("Something else"),
}

#: The same said of somebody else, or by the trail.
INTEREST_WORDS = {
    InterestKind.EMPLOYMENT: N_("Employment"),
    InterestKind.CONSULTANCY: N_("Consultancy"),
    InterestKind.INTERNAL_AUDIT: N_("Internal audit"),
    InterestKind.FINANCIAL: N_("Financial interest"),
    InterestKind.FAMILY: N_("Family or friendship"),
    InterestKind.OTHER: N_("Another tie"),
}


class InterestError(RuleError):
    """Something of a declaration is missing or cannot be."""


class OwnInterestError(RuleError):
    """Nobody sets aside a tie that they declared themselves."""

    keeps_apart = True

    def __init__(self) -> None:
        super().__init__(
            N_("Nobody sets aside their own declaration. Ask another programme manager.")
        )


class SettledInterestError(RuleError):
    """What is changed of a declaration was settled before."""

    def __init__(self) -> None:
        super().__init__(N_("This was done already. See how the declaration stands now."))


def blocks_until(ended_on: date | None) -> date | None:
    """The last day on which a tie keeps somebody from judging; None while it holds.

    That is the same day of the month 24 months after its end, or the last of a shorter month.
    """
    if ended_on is None:
        return None
    years, month = divmod(ended_on.month - 1 + LOOK_BACK_MONTHS, 12)
    year, month = ended_on.year + years, month + 1
    return date(year, month, min(ended_on.day, calendar.monthrange(year, month)[1]))


def clean_words(text: str, field: str = "words") -> str:
    """What a person wrote without surrounding space; raises `InterestError` if it says too little
    or too much."""
    words = text.strip()
    if len(words) < MINIMUM_WORDS:
        raise InterestError(
            N_("Write at least %(count)s characters, so that others understand it."),
            field=field,
            count=MINIMUM_WORDS,
        )
    if len(words) > MAXIMUM_WORDS:
        raise InterestError(
            N_("This is too long: at most %(count)s characters."), field=field, count=MAXIMUM_WORDS
        )
    return words


def ensure_past(ended_on: date | None, today: date) -> None:
    """Raise `InterestError` where an end lies after today: a tie that will end still holds."""
    if ended_on is not None and ended_on > today:
        raise InterestError(
            N_("This day is still to come. Leave the field empty while the tie holds."),
            field="ended_on",
        )
