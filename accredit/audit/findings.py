"""What a check of the trail found, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from accredit.text import N_


class Kind(StrEnum):
    """What is wrong with a row, an event, a head, a file or the database."""

    ALTERED = "altered"
    MISSING = "missing"
    ADDED = "added"
    REORDERED = "reordered"
    OVERWRITTEN = "overwritten"
    UNRECORDED = "unrecorded"
    CUT = "cut"
    REHASHED = "rehashed"
    CLOCK = "clock"
    FOREIGN_KEY = "foreign_key"
    UNREADABLE = "unreadable"
    NO_HEADS = "no_heads"
    NOT_AS_KEPT = "not_as_kept"
    COLUMN_ADDED = "column_added"
    COLUMN_MISSING = "column_missing"
    TABLE_MISSING = "table_missing"
    INDEX_MISSING = "index_missing"
    INDEX_CHANGED = "index_changed"
    TRIGGER_MISSING = "trigger_missing"
    TRIGGER_ADDED = "trigger_added"
    REVISION = "revision"
    DAMAGED = "damaged"


KIND_NAMES = {
    Kind.ALTERED: N_("Altered without an event"),
    Kind.MISSING: N_("Missing"),
    Kind.ADDED: N_("Added without an event"),
    Kind.REORDERED: N_("Does not follow the event before it"),
    Kind.OVERWRITTEN: N_("Was something else before this event than the trail says"),
    Kind.UNRECORDED: N_("The program changed rows without saying why"),
    Kind.CUT: N_("The end of the trail was cut off"),
    Kind.REHASHED: N_("Not the event that was signed: the trail was written anew"),
    Kind.CLOCK: N_("The clock went back"),
    Kind.FOREIGN_KEY: N_("Signed with another key"),
    Kind.UNREADABLE: N_("Cannot be read"),
    Kind.NO_HEADS: N_("The signed heads are gone"),
    Kind.NOT_AS_KEPT: N_("Not the event you kept"),
    Kind.COLUMN_ADDED: N_("A column was added"),
    Kind.COLUMN_MISSING: N_("A column is missing"),
    Kind.TABLE_MISSING: N_("The table is missing"),
    Kind.INDEX_MISSING: N_("An index is missing"),
    Kind.INDEX_CHANGED: N_("An index is not what the program made it"),
    Kind.TRIGGER_MISSING: N_("A trigger that protects rows is missing or was changed"),
    Kind.TRIGGER_ADDED: N_("A trigger that is none of the program's changes what is written"),
    Kind.REVISION: N_("The database is not of this release"),
    Kind.DAMAGED: N_("The database file is damaged"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: table and key, the event it shows at, and the kind.

    `note` says what is known beyond that, in plain English for whoever runs the command.
    """

    table: str
    key: str
    event: int | None
    kind: Kind
    note: str = ""


@dataclass(slots=True)
class Report:
    """What was checked and what was found; `notices` are explained and do no harm."""

    at: datetime
    events: int = 0
    rows: int = 0
    heads: int = 0
    files: int | None = None
    last_event: int = 0
    last_hash: str | None = None
    signed_to: int = 0
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    notices: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings
