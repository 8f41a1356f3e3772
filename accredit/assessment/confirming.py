"""A score of an earlier version of the standard, put before the one who has to confirm it."""

from __future__ import annotations

from accredit.assessment.domain import ScoreStage, said_reason
from accredit.assessment.forms import ScoreForm
from accredit.assessment.models import Assessment
from accredit.assessment.moving import EarlierScore, earlier_scores
from accredit.database import db
from accredit.identity.sign_in import current_access
from accredit.text import N_, RuleError


class OtherVersionError(RuleError):
    """A score was given on a page of the version that the assessment no longer uses."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "The assessment was moved to another version of its standard while you were "
                "working. Read the element again; your text is still here. Then save once more."
            )
        )


def earlier_score(
    assessment: Assessment, code: str, kind: ScoreStage | None
) -> EarlierScore | None:
    """What the reader, or their part, scored the element by an earlier version; the newest.

    `kind` is the kind of score they may write now; of assessors' scores only their own is told.
    """
    if kind is None:
        return None
    me = current_access().person_id
    found = [
        one
        for one in earlier_scores(db.session(), assessment, code)
        if one.stage is kind and (kind is not ScoreStage.INDIVIDUAL or one.person_id == me)
    ]
    return found[0] if found else None


def refill(form: ScoreForm, earlier: EarlierScore | None) -> ScoreForm:
    """The form with the earlier score in it, as far as its level is still there."""
    if earlier is None:
        return form
    if earlier.awarded.level in form.level_ids:
        form.level.data = earlier.awarded.level
    form.fill(earlier.awarded.values)
    form.reason.data = "" if said_reason(earlier.reason) else earlier.reason
    return form


def ensure_same_version(shown_sha256: str | None, used_sha256: str) -> None:
    """Raise `OtherVersionError` unless the page was of the version the assessment uses."""
    if shown_sha256 and shown_sha256 != used_sha256:
        raise OtherVersionError
