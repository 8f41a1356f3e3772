"""Where scenarios happen: one installation on SQLite, four server processes, many windows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit.audit import Event
from accredit.identity.domain import Role
from accredit.trail.checking import check_all
from tests.people import Actor, Cast, give_app, make_person
from tests.real.client import Answer, Client
from tests.real.instance import Instance
from tests.real.server import Server, serving

WORKERS = 4


@dataclass
class Place:
    """A running installation, and the windows people have open in it."""

    instance: Instance
    server: Server
    #: Decides in the organisation, and had no part in any assessment.
    second_decider: Actor
    _windows: dict[tuple[int, int], Client] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def cast(self) -> Cast:
        return self.instance.cast

    @property
    def has_one_writer(self) -> bool:
        """Whether one transaction that writes ends before the next begins."""
        return self.instance.settings.database_url.startswith("sqlite")

    def number(self) -> int:
        """Another one at every call, to tell rounds apart."""
        return next(self._numbers)

    def window(self, person: Actor, number: int = 0) -> Client:
        """One of the person's windows, over a connection of its own."""
        key = person.id, number
        if key not in self._windows:
            client = Client(self.server.port, self.instance.cookie(person), patient=True)
            self._windows[key] = client.ready()
        return self._windows[key].renew()

    def stranger(self) -> Client:
        """Somebody who is not signed in."""
        return Client(self.server.port, patient=True).ready("/sign-in").renew()

    def events(self, kind: str, key: object) -> list[tuple[int, str, dict[str, Any]]]:
        """Number, action and details of every event of a subject, in order."""
        with self.instance.looking() as session:
            rows = session.scalars(
                select(Event)
                .where(Event.subject_type == kind, Event.subject_id == str(key))
                .order_by(Event.id)
            )
            return [(row.id, row.action, json.loads(row.details)) for row in rows]

    def events_by(self, person: int, *actions: str) -> list[tuple[int, str]]:
        """Number and action of what a person did of this kind, in order."""
        with self.instance.looking() as session:
            rows = session.execute(
                select(Event.id, Event.action)
                .where(Event.person_id == person, Event.action.in_(actions))
                .order_by(Event.id)
            )
            return [(number, action) for number, action in rows]

    def forget(self, person: Actor) -> None:
        """Close the windows of somebody who is needed no more."""
        for key in [key for key in self._windows if key[0] == person.id]:
            self._windows.pop(key).close()

    @property
    def told_busy(self) -> int:
        """How often somebody was told that the database is busy, and asked again."""
        return sum(client.told_busy for client in self._windows.values())

    def close(self) -> None:
        for client in self._windows.values():
            client.close()

    def check(self) -> list[str]:
        """What does not hold of the trail, its rows, heads and files."""
        with self.instance.looking() as session:
            report = check_all(session.get_bind().engine, self.instance.settings)
        return [str(finding) for finding in report.findings]


#: One round: arrange, let people act at the same moment, look at what became of it.
Scenario = Callable[[Place], None]
SCENARIOS: dict[str, Scenario] = {}


def scenario(name: str) -> Callable[[Scenario], Scenario]:
    """Enter a function into the list of scenarios, by its number and name."""

    def enter(function: Scenario) -> Scenario:
        SCENARIOS[name] = function
        return function

    return enter


@contextmanager
def opened(folder: Path, **environ: str) -> Iterator[Place]:
    """An installation with its server, ended with all that belongs to it."""
    # A stranger's address is what the proxy says: limits for each of them are not met here.
    instance = Instance(folder, ACCREDIT_TRUSTED_PROXIES="127.0.0.1", **environ)
    made: list[Actor] = []
    instance.prepare(also=lambda session, cast: made.append(_second_decider(session, cast)))
    try:
        with serving(instance, workers=WORKERS) as server:
            place = Place(instance, server, made[0])
            try:
                yield place
            finally:
                place.close()
    finally:
        instance.close()


def _second_decider(session: Session, cast: Cast) -> Actor:
    role = (Role.DECISION_MAKER, cast.organisation, None)
    person = make_person(session, "adel.decides@example.org", "Adel Jaber", "عادل جابر", role)
    give_app(session, person.id, b"app of adel.decides")
    return Actor(person.id, person.email, "")


def statuses(answers: list[Answer]) -> list[int]:
    return sorted(answer.status for answer in answers)


def the_one(answers: list[Answer], status: int) -> Answer:
    """The only answer of this status."""
    found = [answer for answer in answers if answer.status == status]
    assert len(found) == 1, statuses(answers)
    return found[0]


def score_form(level: str, reason: str, version: int | None, **more: str) -> Mapping[str, str]:
    """What the form of a score sends."""
    shown = "" if version is None else str(version)
    return {"level": level, "reason": reason, "version": shown, **more}
