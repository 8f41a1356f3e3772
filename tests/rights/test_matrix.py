"""Every address, asked by every kind of person, about their own organisation and another.

What must be answered is in `policy.py`, reviewed by hand. Nothing that was planted in the other
organisation may be read in any answer.
"""

from __future__ import annotations

import pytest

from accredit.identity.domain import POLICY, Role
from tests.programme import record
from tests.rights.kinds import STRANGERS, Kind
from tests.rights.policy import ROWS, Row
from tests.rights.walking import FORBIDDEN, OPENS, REFUSED, SIGN_IN, UNKNOWN, addresses, ask

ANSWERED = {OPENS, REFUSED}
#: They end a session and then lead to the sign-in, as they should.
LEAVES = {"identity.sign_out", "identity.start_again"}
#: Where administrators read the names of all organisations and people.
NAMES_PLACES = ("identity.", "search.", "assessment.interests", "assessment.declare_interest")
#: What each kind holds; strangers hold nothing.
ROLES = {
    Kind.CONTRIBUTOR: Role.CONTRIBUTOR,
    Kind.LEADER: Role.LEADER,
    Kind.NEIGHBOUR: Role.LEADER,
    Kind.ASSESSOR: Role.ASSESSOR,
    Kind.UNASSIGNED: Role.ASSESSOR,
    Kind.TIED: Role.ASSESSOR,
    Kind.MODERATOR: Role.MODERATOR,
    Kind.DECISION_MAKER: Role.DECISION_MAKER,
    Kind.MANAGER: Role.PROGRAMME_MANAGER,
    Kind.OBSERVER: Role.OBSERVER,
    Kind.ADMINISTRATOR: Role.ADMINISTRATOR,
}


@pytest.mark.parametrize("kind", Kind)
def test_every_address_answers_as_the_policy_says(rights, kind):
    wrong = []
    for address in addresses(rights.world.app):
        row = ROWS[address.key]
        for side, marks in ((rights.own, row.own), (rights.other, row.other)):
            outcome = ask(rights, address, kind, side)
            where = "own" if side is rights.own else "other"
            case = f"A1 {kind} {where} {address.key}"
            if outcome.mark != marks[kind]:
                wrong.append(f"{case}: {outcome.status}, {outcome.mark} instead of {marks[kind]}")
            if outcome.status >= 500:
                wrong.append(f"{case}: {outcome.status}")
            if outcome.mark not in ANSWERED and outcome.written and address.endpoint not in LEAVES:
                wrong.append(f"{case}: refused, and yet {outcome.written}")
            wrong += [f"{case} tells {what}" for what in told(rights, kind, address, outcome.body)]
            record("A", case)
            if outcome.written:
                rights.renew()
    assert not wrong, "\n".join(map(str, wrong))


def told(rights, kind, address, body) -> list[str]:
    """The canaries in an answer that must not be there."""
    canaries = rights.other.canaries
    allowed = set()
    if address.endpoint.startswith(("certificate.show", "certificate.check")):
        allowed = canaries.public
    elif kind is Kind.ADMINISTRATOR and address.endpoint.startswith(NAMES_PLACES):
        allowed = canaries.people
    elif kind is Kind.ADMINISTRATOR and address.endpoint.startswith("trail."):
        allowed = set(canaries.texts.values())
    text = body.lower()
    return [
        where
        for where, canary in canaries.texts.items()
        if canary not in allowed and canary.lower().encode() in text
    ]


def test_there_are_forty_canaries_and_each_is_seen_by_those_it_belongs_to(rights):
    """A canary that is nowhere to be seen would prove nothing."""
    assert len(rights.other.canaries.texts) >= 40
    theirs = rights.seen_from_inside()
    unseen = [
        where
        for where, canary in rights.other.canaries.texts.items()
        if canary.lower().encode() not in theirs
    ]
    assert unseen == []


def test_every_address_has_a_row_and_every_row_an_address(app):
    there = {address.key for address in addresses(app)}
    assert there - set(ROWS) == set(), "addresses without a row in tests/rights/policy.py"
    assert set(ROWS) - there == set(), "rows without an address"


def _permission(app, address):
    return getattr(app.view_functions[address.endpoint], "permission", None)


def test_the_rows_follow_from_the_table_of_roles_and_permissions(app):
    """Nobody is answered whose role does not carry the permission the view declares."""
    wrong = []
    for address in addresses(app):
        row: Row = ROWS[address.key]
        permission = _permission(app, address)
        if permission is None:
            continue
        for marks in (row.own, row.other):
            for kind, mark in marks.items():
                if address.endpoint == "identity.sign_out" or kind in STRANGERS:
                    right = mark == SIGN_IN
                elif kind is Kind.NOBODY:
                    holds = permission in ("use", "view_standard")
                    right = holds or mark == FORBIDDEN
                else:
                    holds = ROLES[kind] in POLICY[permission]
                    right = holds or mark == FORBIDDEN
                if not right:
                    wrong.append((address.key, kind, mark))
    assert not wrong, "\n".join(map(str, wrong))


def test_what_belongs_to_another_organisation_is_not_there(app):
    """An address that names a thing answers 404, or the missing right, but is never answered."""
    shared = ("standard.", "certificate.show", "certificate.check")
    wrong = []
    for address in addresses(app):
        if not address.rule.arguments or _permission(app, address) is None:
            continue
        if address.endpoint.startswith(shared):
            continue
        for kind, mark in ROWS[address.key].other.items():
            if mark in ANSWERED and kind is not Kind.ADMINISTRATOR:
                wrong.append((address.key, kind, mark))
    assert not wrong, "\n".join(map(str, wrong))


def test_only_these_addresses_are_open_to_strangers(app):
    """Reviewed: what somebody can open who is not signed in."""
    open_to_all = {
        address.key
        for address in addresses(app)
        if ROWS[address.key].own[Kind.ANONYMOUS] not in {SIGN_IN, UNKNOWN}
    }
    assert open_to_all == {
        "GET /assets/<filename>",
        "GET /certificates/<number>",
        "GET /certificates/check",
        "POST /certificates/check",
        "GET /sign-in",
        "POST /sign-in",
    }
