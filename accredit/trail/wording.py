"""How events are told: the words for actions, subjects and the parts of a change."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from accredit.assessment.domain import STAGE_NAMES
from accredit.assessment.interests import INTEREST_WORDS
from accredit.certificate.domain import DECISION_NAMES, STATE_NAMES
from accredit.identity.domain import ROLE_NAMES
from accredit.improvement.display import VERDICT_WORDS
from accredit.improvement.domain import STATUS_NAMES
from accredit.text import N_

#: What people read for an action; an action that is not here is shown by its code.
ACTIONS = {
    "organisation.created": N_("Organisation created"),
    "organisation.renamed": N_("Organisation renamed"),
    "department.created": N_("Department created"),
    "department.renamed": N_("Department renamed"),
    "person.created": N_("Person added"),
    "person.changed": N_("Own details changed"),
    "person.enabled": N_("Account enabled"),
    "person.disabled": N_("Account disabled"),
    "person.link_made": N_("Sign-in link made"),
    "person.password_set": N_("Password chosen"),
    "person.signed_in": N_("Signed in"),
    "person.signed_out": N_("Signed out"),
    "person.sign_in_failed": N_("Sign-in failed"),
    "person.password_accepted": N_("Password accepted, second factor asked for"),
    "person.password_rehashed": N_("Password kept under a stronger hash"),
    "person.address_asked": N_("Another e-mail address asked for"),
    "person.address_changed": N_("E-mail address changed"),
    "person.link_asked": N_("Link for a forgotten password asked for"),
    "person.invited": N_("Invitation sent"),
    "person.mail_sent": N_("Mail sent"),
    "person.session_ended": N_("Session ended"),
    "person.factor_added": N_("Second factor added"),
    "person.factor_removed": N_("Second factor removed"),
    "person.factor_failed": N_("Second factor wrong"),
    "person.factor_reset_asked": N_("Taking away of second factors asked for"),
    "person.factors_reset": N_("Second factors taken away"),
    "person.recovery_codes_made": N_("Recovery codes made"),
    "person.recovery_code_used": N_("Recovery code used"),
    "mail.released": N_("Mails released that were held back"),
    "mail.dropped": N_("Mails given up that were held back"),
    "access.denied": N_("Access refused"),
    "export.taken": N_("File downloaded"),
    "role.granted": N_("Role given"),
    "role.ended": N_("Role ended"),
    "standard.uploaded": N_("Draft of a standard uploaded"),
    "standard.replaced": N_("Draft of a standard replaced"),
    "standard.discarded": N_("Draft of a standard discarded"),
    "standard.published": N_("Standard published"),
    "standard.respelled": N_("Standard kept in a new spelling, its content unchanged"),
    "assessment.opened": N_("Assessment opened"),
    "assessment.choices_made": N_("Weights and what applies agreed"),
    "assessment.started": N_("Assessment started"),
    "assessment.self_assessment_submitted": N_("Self-assessment submitted"),
    "assessment.scores_submitted": N_("Scores submitted"),
    "assessment.scoring_ended": N_("Scoring ended"),
    "assessment.moderation_submitted": N_("Moderation submitted"),
    "assessment.returned": N_("Assessment returned"),
    "assessment.moved": N_("Assessment moved to another version of its standard"),
    "assessment.closed": N_("Assessment closed"),
    "assignment.added": N_("Person assigned"),
    "assignment.removed": N_("Assignment removed"),
    "assignment.impartial": N_("Declared to have no tie"),
    "assignment.recused": N_("Stands aside because of a tie"),
    "assignment.resumed": N_("Judges again"),
    "interest.declared": N_("Tie declared"),
    "interest.ended": N_("End of a tie declared"),
    "interest.set_aside": N_("Declaration of a tie set aside"),
    "score.set": N_("Score given"),
    "evidence.added": N_("Evidence added"),
    "evidence.changed": N_("Evidence details changed"),
    "evidence.version_added": N_("New version of evidence"),
    "evidence.linked": N_("Evidence linked"),
    "evidence.unlinked": N_("Evidence link removed"),
    "evidence.withdrawn": N_("Evidence withdrawn"),
    "evidence.refused": N_("Upload refused"),
    "evidence.scanned": N_("File checked for malicious software"),
    "evidence.read": N_("Evidence read"),
    "evidence.lost": N_("Evidence asked for that the store has lost"),
    "kpi.imported": N_("Measurements imported"),
    "kpi.target_set": N_("Target set"),
    "kpi.withdrawn": N_("Measurements withdrawn"),
    "improvement.drafted": N_("Improvement plan drafted"),
    "improvement.created": N_("Improvement action added"),
    "improvement.changed": N_("Improvement action changed"),
    "improvement.finished": N_("Improvement action finished"),
    "improvement.verified": N_("Improvement action verified"),
    "improvement.sent_back": N_("Improvement action sent back"),
    "decision.granted": N_("Accreditation granted"),
    "decision.refused": N_("Accreditation refused"),
    "certificate.issued": N_("Certificate issued"),
    "certificate.suspended": N_("Certificate suspended"),
    "certificate.restored": N_("Certificate restored"),
    "certificate.withdrawn": N_("Certificate withdrawn"),
    "trail.explained": N_("Step of the clock explained"),
    "trail.restored": N_("Restored from a backup"),
    "trail.sealed": N_("Existing rows sealed"),
    "trail.migrated": N_("Rows changed by a new release"),
    "trail.unrecorded": N_("Rows changed without a reason"),
    "trail.continued": N_("Further rows of the same change"),
}

#: What people read for a kind of subject.
SUBJECTS = {
    "organisation": N_("Organisation"),
    "department": N_("Department"),
    "person": N_("Person"),
    "standard_version": N_("Standard"),
    "standard_draft": N_("Draft of a standard"),
    "assessment": N_("Assessment"),
    "interest": N_("Declared interest"),
    "evidence": N_("Piece of evidence"),
    "kpi": N_("KPI"),
    "kpi_import": N_("Import of answers"),
    "improvement_action": N_("Improvement action"),
    "certificate": N_("Certificate"),
    "event": N_("Event"),
    "mail": N_("Mail"),
    "page": N_("Page"),
    "trail": N_("Event trail"),
}

#: What people read for a page: the feature that its name begins with.
PAGES = {
    "assessment": N_("Assessments"),
    "certificate": N_("Certificates"),
    "evidence": N_("Evidence"),
    "gap": N_("Gap reports"),
    "home": N_("My work"),
    "identity": N_("People and accounts"),
    "improvement": N_("Improvement plan"),
    "kpi": N_("KPIs"),
    "search": N_("Search"),
    "security": N_("People and accounts"),
    "standard": N_("Standards"),
    "trail": N_("Event trail"),
}

#: What people read for the parts of a change.
PARTS = {
    "address": N_("Network address"),
    "answer": N_("Answer"),
    "asked": N_("Asked for"),
    "held_back": N_("Not written singly before"),
    "method": N_("Method"),
    "page": N_("Page"),
    "permission": N_("Permission"),
    "rows": N_("Rows"),
    "accepted": N_("Rows used"),
    "action": N_("Action"),
    "assessment": N_("Assessment"),
    "attributes": N_("Attributes"),
    "award": N_("Award level"),
    "baseline": N_("Baseline"),
    "blank": N_("Rows without an answer"),
    "choices_dropped": N_("Choices that do not fit"),
    "code": N_("Code"),
    "cycle": N_("Cycle"),
    "decision": N_("Decision"),
    "department": N_("Department"),
    "description": N_("Description"),
    "dropped": N_("Dropped as too old"),
    "given_up": N_("Given up"),
    "due_on": N_("Due date"),
    "element": N_("Element"),
    "ended_on": N_("Ended on"),
    "email": N_("E-mail address"),
    "expires_on": N_("Valid until"),
    "file": N_("File name"),
    "filename": N_("File name"),
    "issued_on": N_("Issued on"),
    "kind": N_("Kind"),
    "kpi": N_("KPI"),
    "language": N_("Language"),
    "left_out": N_("Rows left out"),
    "level": N_("Level"),
    "lost_files": N_("Files missing or altered"),
    "measured": N_("What the measurements say"),
    "name_ar": N_("Name in Arabic"),
    "name_en": N_("Name in English"),
    "not_applicable": N_("What does not apply"),
    "note": N_("Note"),
    "new": N_("New elements"),
    "number": N_("Number"),
    "owner": N_("Owner"),
    "period_from_on": N_("Period from"),
    "period_to_on": N_("Period to"),
    "person": N_("Person"),
    "place": N_("Place in the file"),
    "reached": N_("Level reached"),
    "reason": N_("Reason"),
    "rejected": N_("Rows refused"),
    "released": N_("Released"),
    "removed": N_("Left out of the result"),
    "replaced": N_("Measurements replaced"),
    "role": N_("Role"),
    "scores_kept": N_("Scores that stay"),
    "scores_set_aside": N_("Scores set aside"),
    "sha256": N_("Fingerprint (SHA-256)"),
    "size": N_("Size"),
    "stage": N_("Stage"),
    "standard": N_("Standard"),
    "state": N_("State"),
    "status": N_("Status"),
    "target": N_("Target"),
    "title": N_("Title"),
    "to_confirm": N_("To be confirmed"),
    "value": N_("Value"),
    "version": N_("Version"),
    "weights": N_("Weights"),
    "windows": N_("Measurements"),
}

#: Parts whose value is the number of a person.
PERSON_PARTS = frozenset({"person", "owner", "person_id", "owner_id"})

_WORDS: Mapping[str, str] = {
    **{str(key): text for key, text in ROLE_NAMES.items()},
    **{str(key): text for key, text in STAGE_NAMES.items()},
    **{str(key): text for key, text in STATE_NAMES.items()},
    **{str(key): text for key, text in DECISION_NAMES.items()},
    **{str(key): text for key, text in STATUS_NAMES.items()},
    **{str(key): text for key, text in VERDICT_WORDS.items()},
    **{str(key): text for key, text in INTEREST_WORDS.items()},
    "page_token": N_("form without the token of its page"),
    "self": N_("the department's own"),
    "individual": N_("of one assessor"),
    "agreed": N_("after moderation"),
    "absent": N_("Absent"),
    "started": N_("Started"),
    "partial": N_("Partial"),
    "good": N_("Good"),
    "exceptional": N_("Exceptional"),
    "accredited": N_("Accredited"),
    "distinction": N_("Accredited with distinction"),
}
#: Parts whose value is a figure of the KPI that the event is about.
FIGURE_PARTS = frozenset({"baseline", "target", "value"})

#: What is read first of an event; the other parts follow as they are kept.
_FIRST = (
    "kpi", "title", "name_en", "name_ar", "person", "element", "stage", "decision", "award",
    "level", "status", "state", "role", "file", "filename", "value", "baseline", "target",
    "due_on", "owner", "accepted", "reason",
)  # fmt: skip
#: How many parts, and how many characters of one, are shown at once; the rest is folded.
_AT_ONCE, _SHORT = 3, 120
_WORDED = (
    "award", "decision", "kind", "level", "measured", "reached", "role", "stage", "state", "status",
)  # fmt: skip
_WORDED_PARTS = frozenset(_WORDED)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a change. `before` is None where the event tells only a new value.

    `worded` says that the values are marked messages, `person` that they are numbers of people.
    """

    key: str
    before: str | None
    after: str
    worded: bool = False
    person: bool = False


def label_of(key: str) -> str:
    """What people read for a part; whatever an address named (`asked_…`) has one word."""
    return PARTS.get("asked" if key.startswith("asked_") else key, key)


def page_words(endpoint: str) -> str:
    """What people read for a page by the name the program has for it (a marked message)."""
    return PAGES.get(endpoint.partition(".")[0], endpoint)


def folded(
    parts: Sequence[Part], *, said: Collection[str] = ()
) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """What is shown of an event at once, and what only when it is unfolded.

    `said` is what stands beside the event anyway, such as the name of its subject.
    """
    ordered = sorted(parts, key=lambda part: _FIRST.index(part.key) if part.key in _FIRST else 99)
    short = [
        part
        for part in ordered
        if len(part.after) + len(part.before or "") <= _SHORT
        and (part.before is not None or part.after not in said)
    ]
    shown = tuple(short[:_AT_ONCE])
    return shown, tuple(part for part in ordered if part not in shown)


def parts_of(details: str) -> tuple[Part, ...]:
    """The parts of an event's details (JSON), in the order in which they are kept.

    Changes are written in three ways, all read here: key → [before, after], the two
    dictionaries "before" and "after", and the two values "from" and "to".
    """
    try:
        read = json.loads(details)
    except ValueError:
        return (Part("details", None, details),)
    if not isinstance(read, dict):
        return (Part("details", None, _text(read)),)
    return tuple(part for part in _parts(read) if part.before is not None or part.after)


def _parts(read: dict[str, object]) -> list[Part]:
    parts: list[Part] = []
    rest = dict(read)
    before, after = rest.pop("before", None), rest.pop("after", None)
    if "from" in rest and "to" in rest:
        moved = _part("state", rest.pop("from"), rest.pop("to"))
        parts.append(moved if moved.worded else replace(moved, key="value"))
    changes = rest.pop("changes", None)
    for key, value in rest.items():
        parts.append(_pair(key, value))
    if isinstance(changes, dict):
        parts += [_pair(key, value) for key, value in changes.items()]
    if isinstance(after, dict):
        old = before if isinstance(before, dict) else {}
        parts += [_part(key, old.get(key), value) for key, value in after.items()]
    elif after is not None or before is not None:
        parts.append(_part("value", before, after))
    return parts


def _pair(key: str, value: object) -> Part:
    if isinstance(value, list) and len(value) == 2:
        return _part(key, value[0], value[1])
    return _part(key, None, value)


def _part(key: str, before: object, after: object) -> Part:
    old, new = (None if before is None else _text(before)), _text(after)
    if key in PERSON_PARTS and new.isdecimal():
        return Part(key, old, new, person=True)
    if key in _WORDED_PARTS and new in _WORDS and (old is None or old in _WORDS):
        return Part(key, None if old is None else _WORDS[old], _WORDS[new], worded=True)
    return Part(key, old, new)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
