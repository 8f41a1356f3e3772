"""One act the database itself refuses, in the words of both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_PREFIX = "keep_"


@dataclass(frozen=True, slots=True)
class Guard:
    """An act the database refuses: on a table, on some columns only, under a condition.

    `where` is SQL over the rows OLD and NEW; `what` tells guards of one act on a table apart,
    and `why` is what the database says.
    """

    table: str
    act: str
    columns: tuple[str, ...] = ()
    where: str | None = None
    what: str = ""
    why: str = "what is written stays"

    @property
    def name(self) -> str:
        """The trigger's name."""
        return f"{_PREFIX}{self.table}_{self.act.lower()}{self.what}"

    @property
    def refusal(self) -> str:
        """What the database says."""
        return f"{self.table}: {self.act} is refused, {self.why}"

    @property
    def condition(self) -> str:
        """When it refuses, as PostgreSQL is told."""
        return f"BEGIN IF {self.where or 'true'} THEN"


def sqlite(guard: Guard) -> Iterator[str]:
    """The statements that set the guard up on SQLite."""
    columns = f" OF {', '.join(guard.columns)}" if guard.columns else ""
    when = f" WHEN {guard.where}" if guard.where else ""
    yield (
        f"CREATE TRIGGER {guard.name} BEFORE {guard.act}{columns} ON {guard.table}{when} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.refusal}'); END"
    )


def postgresql(guard: Guard) -> Iterator[str]:
    """The statements that set the guard up on PostgreSQL."""
    # A row that a trigger lets pass is given back: the new one, or the old one that goes.
    passed = "OLD" if guard.act == "DELETE" else "NEW"
    yield (
        f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"{guard.condition} "
        f"RAISE EXCEPTION '{guard.refusal}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {passed}; END $$"
    )
    columns = f" OF {', '.join(guard.columns)}" if guard.columns else ""
    yield (
        f"CREATE TRIGGER {guard.name} BEFORE {guard.act}{columns} ON {guard.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {guard.name}()"
    )
