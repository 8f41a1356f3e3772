"""Limits that all processes share: how often somebody may try, and how long they then wait.

What is counted stands in the database, so that several workers do not give several times as
many tries, and a restart gives none. Whoever counts commits at once: an attempt counts even if
the request it belongs to is refused and undone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, String, bindparam, delete, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from accredit.database import Base, UtcDateTime


class Allowance(Base):
    """What somebody has used of a limit. `who` is a hash: no address stays readable here."""

    __tablename__ = "allowance"

    who: Mapped[str] = mapped_column(String(64), primary_key=True)
    used: Mapped[float]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


#: SQLite and PostgreSQL say this alike.
_FIRST = text(
    "INSERT INTO allowance (who, used, at) VALUES (:who, 0, :at) ON CONFLICT (who) DO NOTHING"
).bindparams(bindparam("at", type_=UtcDateTime))


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `burst` at once, and one more every `seconds`."""

    name: str
    burst: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Backoff:
    """After `free` failures in a row each further one costs a wait, doubled up to `longest`.

    Attempts during a wait are refused without a look and do not lengthen it, so nobody is
    kept out longer than `longest` by what others do. A day without a failure forgets them.
    """

    name: str
    free: int = 5
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=15)
    forgotten_after: timedelta = timedelta(days=1)

    def wait_after(self, failures: int) -> timedelta:
        """How long to wait after so many failures."""
        if failures < self.free:
            return timedelta(0)
        doublings: int = 2 ** min(failures - self.free, 16)
        return min(self.longest, self.first * doublings)


def spend(
    connection: Connection, limit: Limit, who: str, *, at: datetime, amount: int = 1
) -> timedelta | None:
    """Use up some of a limit; None if there was enough left, else how long to wait."""
    key = _key(limit.name, who)
    used, since, _until = _take(connection, key, at)
    used = max(0.0, used - max(0.0, (at - since).total_seconds()) / limit.seconds)
    over = used + amount - limit.burst
    if over > 0:
        return timedelta(seconds=over * limit.seconds)
    _keep(connection, key, used + amount, at, None)
    return None


def give_back(connection: Connection, limit: Limit, who: str, *, at: datetime) -> None:
    """What was spent was no misuse after all."""
    key = _key(limit.name, who)
    used, since, _until = _take(connection, key, at)
    _keep(connection, key, max(0.0, used - 1), since, None)


def begin_attempt(
    connection: Connection, backoff: Backoff, who: str, *, at: datetime
) -> timedelta | None:
    """Count an attempt as failed before it is looked at; how long to wait if it is not taken.

    Counted before, so that attempts sent at the same moment are not all looked at.
    """
    key = _key(backoff.name, who)
    failures, since, until = _take(connection, key, at)
    if until is not None and at < until:
        return until - at
    failures = 1 if at - since > backoff.forgotten_after else failures + 1
    wait = backoff.wait_after(int(failures))
    _keep(connection, key, failures, at, at + wait if wait else None)
    return None


def succeed(connection: Connection, backoff: Backoff, who: str, *, at: datetime) -> None:
    """The attempt was right after all: nothing is held against the next one."""
    _keep(connection, _key(backoff.name, who), 0, at, None)


def clean(connection: Connection, *, at: datetime) -> None:
    """Forget what no limit asks for any more."""
    connection.execute(delete(Allowance).where(Allowance.at < at - timedelta(days=2)))


def _key(name: str, who: str) -> str:
    return hashlib.sha256(f"{name}|{who}".encode()).hexdigest()


def _take(
    connection: Connection, key: str, at: datetime
) -> tuple[float, datetime, datetime | None]:
    """The row, which nobody else counts on until the transaction ends."""
    connection.execute(_FIRST, {"who": key, "at": at})
    query = select(Allowance.used, Allowance.at, Allowance.until).where(Allowance.who == key)
    used, since, until = connection.execute(query.with_for_update()).one()
    return used, since, until


def _keep(
    connection: Connection, key: str, used: float, at: datetime, until: datetime | None
) -> None:
    change = update(Allowance).where(Allowance.who == key)
    connection.execute(change.values(used=used, at=at, until=until))
