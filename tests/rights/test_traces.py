"""Block J, completeness: what every address leaves in the trail, for every kind of person.

One event that says what was refused for each right that is missing, whether the answer says so
(403) or hides the thing (404); at most one of a form that is not taken; and what is read leaves
nothing, unless a file is taken away. Strangers are sent to the sign-in and leave nothing: no
right of theirs was asked, and whoever is not known could fill the trail.
"""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from accredit.audit import Event
from accredit.audit.bounds import Rate
from accredit.database import db
from accredit.trail import noting
from tests.programme import record
from tests.programme_counts import ADDRESSES, SILENT, WRITING
from tests.rights.kinds import STRANGERS, Kind
from tests.rights.walking import FORBIDDEN, REFUSED, SIGN_IN, UNKNOWN, Address, addresses, ask

#: Addresses that need no right and that a page without it hides: links that are not there.
HIDDEN = {
    "/forgotten",
    "/reset",
    "/reset/<token>",
    "/welcome",
    "/welcome/<token>",
    "/new-address",
    "/new-address/<token>",
    "/demo-sign-in/<int:person_id>",
}
#: What a form that is not taken may leave: nothing was changed, and somebody tried.
OF_TRIES = {"person.sign_in_failed", "person.factor_failed"}
OF_FILES = {"export.taken", "evidence.read"}
#: They end a session before they lead to the sign-in.
LEAVES = {"identity.sign_out", "identity.start_again"}
#: One act that is several in the field, each with an event of its own.
SEVERAL = {
    "POST /people/new": ["person.created", "role.granted", "person.link_made"],
    "POST /assessments/<int:assessment_id>/decision": ["decision.refused", "assessment.closed"],
    "POST /assessments/<int:assessment_id>/moderation/confirm-all": ["score.set"] * 4,
}
#: One act that is told first, and then once for each assessment that it concerns.
FOLLOWED = {
    "POST /assessments/interests": ("interest.declared", "assignment.recused"),
    "POST /assessments/interests/<int:interest_id>/set-aside": (
        "interest.set_aside",
        "assignment.resumed",
    ),
}


def last_event() -> int:
    number = db.session.scalar(select(func.max(Event.id))) or 0
    db.session.remove()
    return number


def events_after(number: int) -> list[Event]:
    found = list(db.session.scalars(select(Event).where(Event.id > number).order_by(Event.id)))
    db.session.expunge_all()
    db.session.remove()
    return found


def complaint(rights, kind: Kind, address: Address, mark: str, found: list[Event]) -> str | None:
    """What is wrong with the events that one request left, or None."""
    actions = [event.action for event in found]
    changing = [event for event in found if event.changes != "[]"]
    if mark in (FORBIDDEN, UNKNOWN):
        if address.rule.rule in HIDDEN:
            return f"left {actions}" if found else None
        return refusal_complaint(rights.people[kind], address, found)
    if mark == REFUSED:
        right = len(found) <= 1 and set(actions) <= OF_TRIES and not changing
    elif mark == SIGN_IN and address.endpoint not in LEAVES:
        right = not found
    elif address.method == "GET":
        right = len(found) <= 1 and set(actions) <= OF_FILES and not changing
    elif address.key in SEVERAL:
        right = actions == SEVERAL[address.key] and changing == found
    elif address.key in FOLLOWED:
        first, following = FOLLOWED[address.key]
        right = actions == [first, *[following] * (len(actions) - 1)] and changing == found
    else:
        right = len(found) <= 1 and changing == found
    return None if right else f"{mark} left {actions}"


def refusal_complaint(person_id: int, address: Address, found: list[Event]) -> str | None:
    if [event.action for event in found] != ["access.denied"]:
        return f"refused, and left {[event.action for event in found]}"
    event, told = found[0], json.loads(found[0].details)
    said = (event.person_id, told["page"], told["method"], event.changes)
    wanted = (person_id, address.endpoint, address.method, "[]")
    return None if said == wanted and told["answer"] in (403, 404) else f"refused, and told {told}"


@pytest.mark.parametrize("kind", Kind)
def test_every_address_leaves_what_it_must_and_nothing_else(rights, kind):
    app = rights.world.app
    wrong = []
    for address in addresses(app):
        for side in (rights.own, rights.other):
            # Bounds have tests of their own; here nobody is refused too often.
            app.extensions["trail"] = noting.Notes()
            with app.app_context():
                before = last_event()
            outcome = ask(rights, address, kind, side)
            with app.app_context():
                found = events_after(before)
            if kind in STRANGERS and outcome.mark == UNKNOWN and address.rule.rule not in HIDDEN:
                wrong.append(f"{address.key}: a stranger is told that there is nothing")
            said = complaint(rights, kind, address, outcome.mark, found)
            if said is not None:
                wrong.append(f"{kind} {address.key}: {said}")
            if outcome.written:
                rights.renew()
        record("J", f"answered and told: {address.key}")
    assert not wrong, "\n".join(wrong)


def test_nobody_fills_the_trail_by_being_refused():
    """Sixty refusals of one person at once, and then one in ten seconds."""
    assert noting.REFUSALS[0] == Rate(60, 10.0)


def test_the_counts_of_the_programme_are_those_of_the_addresses(app):
    there = {address.key for address in addresses(app)}
    posts = {key for key in there if key.startswith("POST ")}
    assert set(SILENT) <= posts
    assert (len(there), len(posts - set(SILENT))) == (ADDRESSES, WRITING)
