"""The trail as a CSV file that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

from accredit import i18n
from accredit.audit import Event
from accredit.text import N_
from accredit.trail.service import Names
from accredit.trail.wording import ACTIONS, SUBJECTS

#: A spreadsheet takes a cell that begins so for a formula, and runs it.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Spreadsheets know by this mark that the file is UTF-8.
_MARK = "\ufeff"

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


def to_csv(events: Sequence[Event], names: Names) -> str:
    """The events as CSV (RFC 4180) in the reader's language, in the order given."""
    buffer = StringIO()
    buffer.write(_MARK)
    writer = csv.writer(buffer)
    writer.writerow([i18n.translate(title) for title in _COLUMNS])
    writer.writerows([safe_cell(cell) for cell in _cells(event, names)] for event in events)
    return buffer.getvalue()


def safe_cell(text: str) -> str:
    """`text`, with an apostrophe in front where a spreadsheet would run it as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def _cells(event: Event, names: Names) -> list[str]:
    key = event.person_id or 0
    return [
        str(event.id),
        event.at.isoformat(),
        i18n.say(names.people.get(key)),
        names.emails.get(key, ""),
        i18n.translate(ACTIONS.get(event.action, event.action)),
        event.action,
        i18n.translate(SUBJECTS.get(event.subject_type, event.subject_type)),
        event.subject_id,
        i18n.say(names.subjects.get((event.subject_type, event.subject_id))),
        event.details,
        event.request_id or "",
        event.hash,
    ]
