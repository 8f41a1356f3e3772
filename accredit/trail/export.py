"""The trail as files: CSV for a spreadsheet, JSON lines for checking the chain elsewhere.

Both are written piece by piece, so that a long trail needs little memory and has no end at
which the file would stop without saying so.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from accredit import i18n
from accredit.audit import Event
from accredit.audit.cells import stored
from accredit.audit.chain import FORM, HASHED, content_hash
from accredit.text import N_
from accredit.trail.sealing import open_details
from accredit.trail.service import Names
from accredit.trail.wording import ACTIONS, SUBJECTS
from accredit.web.csv_file import Cell, csv_row, write_csv

_COLUMNS = (
    N_("Number"),
    N_("Time (UTC)"),
    N_("Person"),
    N_("E-mail address"),
    N_("Role"),
    N_("Action"),
    N_("Code of the action"),
    N_("Kind of subject"),
    N_("Number of the subject"),
    N_("Subject"),
    N_("Details"),
    N_("Request"),
    N_("Fingerprint before"),
    N_("Fingerprint (SHA-256)"),
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Some events with their names, and which of them (by id) are `sealed`.

    Of a sealed event a file leaves out what was awarded, and whatever goes into the
    fingerprint and is not told: without it nobody can find the level by trying.
    """

    events: Collection[Event]
    names: Names
    sealed: Collection[int]


def csv_parts(bundles: Iterable[Bundle]) -> Iterator[str]:
    """CSV (RFC 4180) in the reader's language, in the order given, part by part."""
    yield write_csv([i18n.translate(title) for title in _COLUMNS], ())
    for bundle in bundles:
        yield "".join(
            csv_row(_cells(event, bundle.names, sealed=event.id in bundle.sealed))
            for event in bundle.events
        )


def json_lines(bundles: Iterable[Bundle]) -> Iterator[str]:
    """One JSON object a line with all that an event is hashed over, part by part."""
    for bundle in bundles:
        yield "".join(
            json.dumps(_line(event, sealed=event.id in bundle.sealed), ensure_ascii=False) + "\n"
            for event in bundle.events
        )


def _cells(event: Event, names: Names, *, sealed: bool) -> list[Cell]:
    key = event.person_id or 0
    return [
        event.id,
        event.at,
        i18n.say(names.people.get(key)),
        names.emails.get(key, ""),
        event.role or "",
        i18n.translate(ACTIONS.get(event.action, event.action)),
        event.action,
        i18n.translate(SUBJECTS.get(event.subject_type, event.subject_type)),
        event.subject_id,
        i18n.say(names.subjects.get((event.subject_type, event.subject_id))),
        open_details(event.details) if sealed else event.details,
        "" if sealed else event.request_id or "",
        event.previous_hash,
        event.hash,
    ]


def _line(event: Event, *, sealed: bool) -> dict[str, object]:
    """What `accredit.audit.chain` hashes, and what goes into its `content` unless sealed."""
    content = content_hash(event.details, event.changes, event.salt)
    values = {**{name: stored(getattr(event, name, None)) for name in HASHED}, "content": content}
    if event.form != FORM:
        del values["content"]
        told = {} if sealed else {"details": event.details}
        if sealed:
            values["request_id"] = None
    elif sealed:
        told = {}
    else:
        told = {name: getattr(event, name) for name in ("details", "changes", "salt")}
    return {**values, **told, "hash": event.hash, "sealed": sealed}
