"""Every number and name in an address, put in place of the right one."""

from __future__ import annotations

import pytest

from tests.programme import record
from tests.rights.bodies import arguments_of, body_of, stage_of
from tests.rights.kinds import STRANGERS, Kind
from tests.rights.policy import ROWS
from tests.rights.walking import OPENS, UNKNOWN, addresses, open_at, path_of
from tests.rights.world import values_for

#: What is put in: nothing there, no number, below, above what a database can count.
WRONG = ("999999", "0", "-1", "abc", "1.0", str(2**31), str(2**63), str(10**30), "١", "%00", "1;--")
#: Open to all, or the same for everybody.
_PUBLIC = ("certificate.show", "certificate.check", "asset", "identity.demo_sign_in")
#: Things of the installation, which every organisation shares.
_SHARED = {"version_id", "draft_id", "kpi", "code", "filename", "weight", "ending"}
#: Names of a child under a parent: the other organisation's child under one's own parent.
_CHILDREN = {"link_id", "assignment_id", "role_id"}


def _walks(app):
    """Each address of a thing with somebody who opens it."""
    for address in addresses(app):
        if not address.rule.arguments or address.endpoint.startswith(_PUBLIC):
            continue
        opens = [kind for kind, mark in ROWS[address.key].own.items() if mark == OPENS]
        if opens and opens[0] not in STRANGERS:
            yield address, opens[0]


def test_an_id_that_is_none_answers_404(rights):
    app, wrong = rights.world.app, []
    for address, kind in _walks(app):
        stage = stage_of(address.endpoint)
        values = dict(values_for(rights, kind, rights.own, stage))
        with app.test_request_context():
            right = path_of(address, values)
        for name in sorted(address.rule.arguments):
            if name in {"sheet", "kind", "filename"}:
                continue
            for bad in WRONG:
                path = _with(app, address, values, name, bad, right)
                if path is None:
                    continue
                body = body_of(address.endpoint, rights.own)
                outcome = open_at(rights, address, kind, path, body)
                case = f"A3 {address.key} {name}={bad}"
                if outcome.status not in (404, 405) or outcome.changed:
                    wrong.append(f"{case}: {outcome.status} {path}")
                record("A", case)
                if outcome.written:
                    rights.renew()
    assert not wrong, "\n".join(map(str, wrong))


def _with(app, address, values, name, bad, right) -> str | None:
    """The path with one value replaced; the marker makes sure that it is the value."""
    marker = 7_777_777 if name.endswith("_id") or name == "number" else "marker-7777777"
    with app.test_request_context():
        try:
            marked = path_of(address, {**values, name: marker})
        except ValueError:
            return None
    if str(marker) not in marked:
        return None
    path = marked.replace(str(marker), bad)
    # "0" is a code or a name like another where names are asked for.
    return None if path == right else path


def test_failure_01_what_belongs_to_another_parent_is_not_there(rights):
    """The child of another organisation's thing, asked for under one's own."""
    app, wrong, tried = rights.world.app, [], 0
    for address, kind in _walks(app):
        for name in sorted(address.rule.arguments & _CHILDREN):
            stage = stage_of(address.endpoint)
            own = dict(values_for(rights, kind, rights.own, stage))
            other = values_for(rights, kind, rights.other, stage)
            with app.test_request_context():
                path = path_of(address, {**own, name: other[name]})
            outcome = open_at(rights, address, kind, path, body_of(address.endpoint, rights.own))
            if outcome.mark != UNKNOWN or outcome.changed:
                wrong.append(f"{address.key}: {outcome.status}")
            record("A", f"A3 {address.key} {name} of another")
            tried += 1
    assert not wrong, "\n".join(map(str, wrong))
    assert tried >= 4


#: Forms that carry ids in their fields: with the other organisation's ids nothing changes.
IN_FIELDS = (
    ("assessment.open_new", Kind.MANAGER, ("department_id",)),
    ("assessment.link", Kind.LEADER, ("evidence_id",)),
    ("assessment.assign", Kind.MANAGER, ("person_id",)),
    ("evidence.new", Kind.LEADER, ("department",)),
    ("improvement.new", Kind.LEADER, ("department",)),
    ("kpi.upload", Kind.LEADER, ("department",)),
    ("identity.give_role", Kind.MANAGER, ("place",)),
    ("identity.create_person", Kind.MANAGER, ("place",)),
)


@pytest.mark.parametrize(("endpoint", "kind", "fields"), IN_FIELDS)
def test_failure_10_a_form_that_names_a_foreign_thing_changes_nothing(
    rights, endpoint, kind, fields
):
    address = next(
        one
        for one in addresses(rights.world.app)
        if one.endpoint == endpoint and one.method == "POST"
    )
    for name in fields:
        foreign = _foreign(rights, endpoint, name)
        # What is no number is as if nothing was said: of one's only department then.
        nothing = () if endpoint == "improvement.new" else ("-1", "abc", str(2**63), str(2**31))
        for bad in (foreign, "999999", "0", *nothing):
            body = {**body_of(endpoint, rights.own), name: bad}
            with rights.world.app.test_request_context():
                values = dict(values_for(rights, kind, rights.own, stage_of(endpoint)))
                path = path_of(address, values)
            outcome = open_at(rights, address, kind, path, body)
            assert not outcome.changed, (name, bad, outcome.written)
            assert outcome.status in (403, 404, 409, 422), (name, bad, outcome.status)
            for canary in rights.other.canaries.texts.values():
                assert canary.lower().encode() not in outcome.body.lower(), (name, bad, canary)
            record("A", f"A3 field {endpoint} {name}={bad}")


def _foreign(rights, endpoint, name) -> str:
    body = body_of(endpoint, rights.other)
    return str(body[name])


def test_arguments_that_name_a_foreign_thing_show_nothing_of_it(rights):
    """Filters and beginnings of forms, asked with the other organisation's ids: no canary."""
    tried = 0
    for address in addresses(rights.world.app):
        if address.method != "GET" or not arguments_of(address.endpoint, rights.other):
            continue
        opens = [kind for kind, mark in ROWS[address.key].own.items() if mark == OPENS]
        for kind in opens:
            if kind is Kind.ADMINISTRATOR or address.endpoint.startswith("certificate.check"):
                continue
            stage = stage_of(address.endpoint)
            with rights.world.app.test_request_context():
                path = path_of(address, dict(values_for(rights, kind, rights.own, stage)))
            query = arguments_of(address.endpoint, rights.other)
            outcome = open_at(rights, address, kind, path, {}, query)
            assert outcome.status < 500
            for where, canary in rights.other.canaries.texts.items():
                assert canary.lower().encode() not in outcome.body.lower(), (address.key, where)
            record("A", f"A3 arguments {address.key} {kind}")
            tried += 1
    assert tried >= 20


@pytest.mark.parametrize("name", ["page", "before", "after", "version", "evidence", "department"])
def test_a_number_no_database_can_hold_is_no_number(rights, name):
    for address in addresses(rights.world.app):
        if address.method != "GET" or ROWS[address.key].own[Kind.MANAGER] != OPENS:
            continue
        with rights.world.app.test_request_context():
            values = values_for(rights, Kind.MANAGER, rights.own, stage_of(address.endpoint))
            path = path_of(address, dict(values))
        for bad in (str(2**63), "-" + str(10**30)):
            outcome = open_at(rights, address, Kind.MANAGER, path, {}, {name: bad})
            assert outcome.status < 500, (address.key, name, bad)
    record("A", f"A3 argument {name} too large")
