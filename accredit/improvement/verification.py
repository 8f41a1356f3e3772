"""Whether somebody else may say that an action worked. Pure.

Done is what its own people say of an action. Whether it worked is said by somebody who neither
owned it nor marked it done, and who has looked at the KPI it promised to move.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accredit.improvement.domain import TEXT_LENGTH, ActionStatus, MissingNoteError
from accredit.improvement.promise import PromiseVerdict
from accredit.text import N_, RuleError


class Outcome(StrEnum):
    """What is said of an action that was marked done."""

    VERIFIED = "verified"
    SENT_BACK = "sent_back"


OUTCOME_NAMES = {
    Outcome.VERIFIED: N_("It worked: verified"),
    Outcome.SENT_BACK: N_("Send it back: more is to be done"),
}


class OwnVerificationError(RuleError):
    """Somebody would verify what they own or marked done."""

    keeps_apart = True

    def __init__(self) -> None:
        super().__init__(
            N_(
                "Nobody verifies their own action: neither its owner nor whoever marked it done. "
                "Somebody else looks whether it worked."
            )
        )


class NotDoneError(RuleError):
    """An action is verified that nobody has marked done, or that is verified already."""

    def __init__(self) -> None:
        super().__init__(
            N_("Only an action that is done, and not verified yet, can be verified or sent back.")
        )


class ContradictedError(RuleError):
    """The measurements show the opposite of what would be verified."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "The measurements show that the KPI got worse by more than chance explains, so "
                "this action cannot be verified. Send it back, with the reason."
            ),
            field="outcome",
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """Who had which part in an action: its owner, and who marked it done (None: nobody known)."""

    owner_id: int | None
    finished_by_id: int | None

    def may_be_verified_by(self, person_id: int) -> bool:
        """Whether the person had no part in it."""
        return person_id not in (self.owner_id, self.finished_by_id)


def ensure_may_verify(status: ActionStatus, parts: Parts, by: int) -> None:
    """Raise `NotDoneError` or `OwnVerificationError` unless `by` may verify the action now."""
    if status is not ActionStatus.DONE:
        raise NotDoneError
    if not parts.may_be_verified_by(by):
        raise OwnVerificationError


def ensure_not_contradicted(outcome: Outcome, verdict: PromiseVerdict | None) -> None:
    """Raise `ContradictedError` where the measurements say that it got worse.

    Where they say nothing yet, or show no change, a person may still have seen that it worked;
    that the measurements do not confirm it stays to be read beside it.
    """
    if outcome is Outcome.VERIFIED and verdict is PromiseVerdict.WORSE:
        raise ContradictedError


def clean_finding(outcome: Outcome, finding: str) -> str:
    """What was seen, without outer white space; raises `MissingNoteError` without a word."""
    text = finding.strip()
    if not text and outcome is Outcome.VERIFIED:
        raise MissingNoteError(N_("Say what you looked at and what it shows."), field="finding")
    if not text:
        raise MissingNoteError(N_("Say what is still to be done."), field="finding")
    if len(text) > TEXT_LENGTH:
        raise MissingNoteError(
            N_("At most %(length)s characters, please."), field="finding", length=TEXT_LENGTH
        )
    return text
