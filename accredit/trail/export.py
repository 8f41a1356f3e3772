"""The trail as a CSV file that is safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from accredit import i18n
from accredit.audit import Event
from accredit.text import N_
from accredit.trail.sealing import open_details
from accredit.trail.service import Names
from accredit.trail.wording import ACTIONS, SUBJECTS
from accredit.web.csv_file import Cell, write_csv

_COLUMNS = (
    N_("Number"),
    N_("Time (UTC)"),
    N_("Person"),
    N_("E-mail address"),
    N_("Action"),
    N_("Code of the action"),
    N_("Kind of subject"),
    N_("Number of the subject"),
    N_("Subject"),
    N_("Details"),
    N_("Request"),
    N_("Fingerprint (SHA-256)"),
)


def to_csv(events: Sequence[Event], names: Names, sealed: Collection[int] = ()) -> str:
    """The events as CSV (RFC 4180) in the reader's language, in the order given.

    Of the `sealed` events (by id) it leaves out what was awarded, and the number of the
    request: it goes into the fingerprint, so without it nobody can find the level by trying.
    """
    return write_csv(
        [i18n.translate(title) for title in _COLUMNS],
        (_cells(event, names, sealed=event.id in sealed) for event in events),
    )


def _cells(event: Event, names: Names, *, sealed: bool) -> list[Cell]:
    key = event.person_id or 0
    return [
        event.id,
        event.at,
        i18n.say(names.people.get(key)),
        names.emails.get(key, ""),
        i18n.translate(ACTIONS.get(event.action, event.action)),
        event.action,
        i18n.translate(SUBJECTS.get(event.subject_type, event.subject_type)),
        event.subject_id,
        i18n.say(names.subjects.get((event.subject_type, event.subject_id))),
        open_details(event.details) if sealed else event.details,
        "" if sealed else event.request_id or "",
        event.hash,
    ]
