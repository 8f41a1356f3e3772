"""What may be decided, by whom, and what a certificate is worth on a given day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from enum import StrEnum

from accredit.identity.domain import DEPARTMENT_ROLES, Role
from accredit.text import N_, RuleError

FEWEST_REASON_CHARACTERS = 20


class DecisionKind(StrEnum):
    """What somebody decided over an assessment or over its certificate."""

    GRANT = "grant"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    RESTORE = "restore"
    WITHDRAW = "withdraw"


class CertificateState(StrEnum):
    """What a certificate is worth. Expired is never stored: it follows from the dates."""

    VALID = "valid"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


DECISION_NAMES = {
    DecisionKind.GRANT: N_("Granted"),
    DecisionKind.REFUSE: N_("Refused"),
    DecisionKind.SUSPEND: N_("Suspended"),
    DecisionKind.RESTORE: N_("Restored"),
    DecisionKind.WITHDRAW: N_("Withdrawn"),
}

STATE_NAMES = {
    CertificateState.VALID: N_("Valid"),
    CertificateState.SUSPENDED: N_("Suspended"),
    CertificateState.WITHDRAWN: N_("Withdrawn"),
    CertificateState.EXPIRED: N_("Expired"),
}

#: What may be done in a state, and the state it leads to. Withdrawn is final, and what has
#: run out can only be earned anew.
CHANGES: dict[CertificateState, dict[DecisionKind, CertificateState]] = {
    CertificateState.VALID: {
        DecisionKind.SUSPEND: CertificateState.SUSPENDED,
        DecisionKind.WITHDRAW: CertificateState.WITHDRAWN,
    },
    CertificateState.SUSPENDED: {
        DecisionKind.RESTORE: CertificateState.VALID,
        DecisionKind.WITHDRAW: CertificateState.WITHDRAWN,
    },
    CertificateState.WITHDRAWN: {},
    CertificateState.EXPIRED: {},
}


class ReasonMissingError(RuleError):
    """A decision was taken without saying why."""


class AwardNotReachedError(RuleError):
    """An award was to be granted that the agreed levels do not reach."""


class SelfCheckError(RuleError):
    """An award was to be granted on the department's own word."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "The result of this standard stands on the department's own scores, so no "
                "certificate can be granted. The assessment can only be closed without one."
            ),
            field="award",
        )


class AwardMissingError(RuleError):
    """A grant must name the award, a refusal must name none."""


class ChangeNotAllowedError(RuleError):
    """A certificate cannot go from its state into the one asked for."""


class NotIndependentError(RuleError):
    """Somebody would decide over what they took part in."""

    keeps_apart = True


class StaleDecisionError(RuleError):
    """What the decision was about has changed since the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "Something changed after you opened this page. Look at how things stand now, "
                "and send your decision again if it still holds."
            )
        )


def state_on(stored: str, expires_on: date, today: date) -> CertificateState:
    """What a certificate in the `stored` state is worth on a day.

    `expires_on` is the last day of validity. Withdrawn stays withdrawn for ever; a valid or
    suspended certificate has expired from the day after.
    """
    state = CertificateState(stored)
    if state is not CertificateState.WITHDRAWN and today > expires_on:
        return CertificateState.EXPIRED
    return state


def last_valid_day(issued_on: date, years: int) -> date:
    """The last day of a certificate valid for whole `years` (1 or more) from `issued_on` on.

    It is the day before the anniversary: issued on 15 March 2026 for three years, the last
    day is 14 March 2029. For 29 February an anniversary in a common year falls on 1 March.
    """
    year = issued_on.year + years
    try:
        anniversary = issued_on.replace(year=year)
    except ValueError:
        anniversary = date(year, 3, 1)
    return anniversary - timedelta(days=1)


def next_state(current: CertificateState, kind: DecisionKind) -> CertificateState:
    """The state a change leads to; raises `ChangeNotAllowedError`."""
    following = CHANGES[current].get(kind)
    if following is None:
        raise ChangeNotAllowedError(
            N_("This certificate cannot be changed that way in the state it is in now.")
        )
    return following


def get_reason(text: str) -> str:
    """The reason without white space around it; raises `ReasonMissingError` if it says little.

    At least 20 characters that are not white space, so that "ok" is no reason.
    """
    if len("".join(text.split())) < FEWEST_REASON_CHARACTERS:
        raise ReasonMissingError(
            N_("Give the reason in a sentence: at least %(count)s characters."),
            field="reason",
            count=FEWEST_REASON_CHARACTERS,
        )
    return text.strip()


def grantable(ladder: Sequence[str], reached: str | None) -> tuple[str, ...]:
    """The awards of the ladder (lowest first) that may be granted: up to the one reached."""
    return () if reached is None else tuple(ladder[: ladder.index(reached) + 1])


def ensure_grantable(award: str | None, ladder: Sequence[str], reached: str | None) -> str:
    """The award, if it may be granted; otherwise `AwardMissingError` or `AwardNotReachedError`."""
    if not award:
        raise AwardMissingError(N_("Choose the award you grant."), field="award")
    if award not in grantable(ladder, reached):
        raise AwardNotReachedError(
            N_("The agreed levels and measured figures do not reach this award."), field="award"
        )
    return award


def ensure_independent(
    place_roles: Collection[Role], took_part: bool, *, tied: bool = False
) -> None:
    """Raise `NotIndependentError` if the person would judge their own work or department.

    `place_roles` are the roles they hold at the department; `took_part` is whether they
    scored or moderated anything in the assessment; `tied` whether they declared a tie to it.
    """
    if took_part:
        raise NotIndependentError(
            N_("You scored or moderated in this assessment, so somebody else must decide.")
        )
    if not DEPARTMENT_ROLES.isdisjoint(place_roles):
        raise NotIndependentError(N_("You work in this department, so somebody else must decide."))
    if tied:
        raise NotIndependentError(
            N_("You declared a tie to this department, so somebody else must decide.")
        )
