"""Fields that no form has, sent all the same, change nothing."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from accredit.database import Base, UtcDateTime, db
from tests.programme import record
from tests.rights.bodies import body_of
from tests.rights.kinds import STRANGERS, Kind
from tests.rights.policy import ROWS
from tests.rights.walking import OPENS, addresses, ask, open_at, path_of, stage_of
from tests.rights.world import values_for

#: What somebody would like to set and no form of theirs asks for.
FORBIDDEN = {
    "role": "administrator",
    "organisation_id": "2",
    "department_id": "3",
    "status": "done",
    "stage": "closed",
    "state": "valid",
    "person_id": "1",
    "assessor_id": "1",
    "decided_by_id": "1",
    "finished_by_id": "1",
    "verified_by_id": "1",
    "uploaded_by_id": "1",
    "created_by_id": "1",
    "created_at": "2001-01-01 00:00:00",
    "id": "999",
    "active": "1",
    "is_demo": "1",
    "award": "distinction",
    "submitted_at": "2001-01-01 00:00:00",
}
#: Made by chance, or of the moment.
_CHANCE = (
    "hash", "salt", "token", "secret", "password", "request_id", "changes", "details", "fs_uniq",
    "challenge", "search_text", "bound_to", "used",
)  # fmt: skip


def _dump(app) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table without moments and chance."""
    found = {}
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            if table.name in ("allowance",):
                continue
            columns = [
                column
                for column in table.columns
                if not _is_moment(column)
                and not column.name.startswith(_CHANCE)
                and not column.name.endswith("hash")
            ]
            rows = db.session.execute(sa.select(*columns).order_by(*table.primary_key))
            found[table.name] = [tuple(row) for row in rows]
        db.session.remove()
    return found


def _is_moment(column: sa.Column) -> bool:
    return isinstance(column.type, UtcDateTime)


def _forms(app):
    for address in addresses(app):
        if address.method == "GET" or address.endpoint.startswith(("security.", "certificate.ch")):
            continue
        opens = [kind for kind, mark in ROWS[address.key].own.items() if mark == OPENS]
        if opens and opens[0] not in STRANGERS:
            yield address, opens[0]


def test_failure_11_fields_that_no_form_has_change_nothing(rights):
    app, wrong, tried = rights.world.app, [], 0
    for address, kind in _forms(app):
        with app.test_request_context():
            values = values_for(rights, kind, rights.own, stage_of(address.endpoint))
            path = path_of(address, dict(values))
        plain = open_at(rights, address, kind, path, body_of(address.endpoint, rights.own))
        expected = _dump(app)
        rights.renew()
        body = body_of(address.endpoint, rights.own)
        more = {name: value for name, value in FORBIDDEN.items() if name not in body}
        crafted = open_at(rights, address, kind, path, {**body, **more})
        got = _dump(app)
        if crafted.status != plain.status:
            wrong.append(f"{address.key}: {crafted.status} instead of {plain.status}")
        wrong += [
            f"{address.key} {table}: {_difference(rows, got[table])}"
            for table, rows in expected.items()
            if rows != got[table]
        ]
        for name in more:
            record("A", f"A4 {address.key} {name}")
        tried += 1
        rights.renew()
    assert not wrong, "\n".join(map(str, wrong))
    assert tried >= 30


def _difference(before, after) -> list[object]:
    return [row for row in after if row not in before][:3]


@pytest.mark.parametrize("kind", Kind)
def test_failure_14_no_page_gives_data_away_as_data(rights, kind):
    """There is no interface of raw data; what is JSON is known and holds known keys only."""
    for address in addresses(rights.world.app):
        if address.method != "GET":
            continue
        outcome = ask(rights, address, kind, rights.own)
        assert not outcome.body.lstrip().startswith((b"{", b"[")) or address.key in {
            "GET /trail/trail.jsonl",
            # How long the reader's own session goes on, and the token of their forms.
            "GET /account/session",
            # One number: how much of a file of the reader's own has arrived.
            "GET /evidence/pieces",
            "GET /standards/<int:version_id>/file/<ending>",
            "GET /standards/drafts/<int:draft_id>/file/<ending>",
        }, address.key
    record("A", f"A4 no raw data {kind}")
