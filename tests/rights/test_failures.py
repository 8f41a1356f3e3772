"""Failures of other products (`failure_NN` is the number in the list), each tried here."""

from __future__ import annotations

import base64
import json

import pytest
from sqlalchemy import select, text

from accredit.assessment.domain import Stage
from accredit.evidence.models import EvidenceVersion
from accredit.identity.models import Person, RoleAssignment, SecondFactor
from tests.people import PASSWORD
from tests.rights.bodies import arguments_of, stage_of
from tests.rights.kinds import STRANGERS, Kind
from tests.rights.policy import ROWS
from tests.rights.walking import OPENS, SIGN_IN, addresses, ask, path_of
from tests.rights.world import values_for


def read(client, path) -> bytes:
    response = client.get(path)
    body = response.get_data()
    response.close()
    return body


def count(arrange, model) -> int:
    with arrange() as session:
        return len(session.scalars(select(model.id)).all())


@pytest.mark.parametrize("who", ["moderator", "observer", "administrator", "programme_manager"])
def test_failure_04_who_may_only_look_cannot_write_a_score(rights, browse, cast, arrange, who):
    number = rights.own.assessments[Stage.SCORING]
    body = {"level": "good", "reason": "Seen in the register, page 14.", "version": ""}
    answer = browse(getattr(cast, who)).post(f"/assessments/{number}/elements/1.1/score", body)
    assert answer.status == 403
    with arrange() as session:
        written = session.execute(
            text("SELECT count(*) FROM score WHERE assessment_id = :id AND person_id = :who"),
            {"id": number, "who": getattr(cast, who).id},
        )
        assert written.scalar() == 0


def test_failure_05_nobody_touches_another_persons_second_factor(rights, arrange):
    """The account is the session's own; the number of another's factor is not there."""
    before = count(arrange, SecondFactor)
    theirs = rights.own_ids[Kind.OBSERVER]["factor_id"]
    for kind in (Kind.LEADER, Kind.MANAGER, Kind.ADMINISTRATOR):
        client = rights.client(kind)
        answer = client.post(f"/account/second-factor/{theirs}/remove", data={"present": PASSWORD})
        assert answer.status_code == 404
        body = {"present": PASSWORD, "person_id": str(rights.people[Kind.OBSERVER])}
        client.post("/account/recovery-codes", data=body)
    assert count(arrange, SecondFactor) == before
    with arrange() as session:
        owner = rights.people[Kind.OBSERVER]
        codes = text("SELECT count(*) FROM recovery_code WHERE person_id = :id")
        assert session.execute(codes, {"id": owner}).scalar() == 0


def test_failure_06_people_are_looked_up_within_the_own_organisation_only(rights):
    """Neither the list, its search, nor any form that offers people tells of others."""
    pages = (
        "/people", "/people?q=vogel", "/people?q=example.org", "/people/new",
        f"/assessments/{rights.own.assessments[Stage.SET_UP]}/people",
    )  # fmt: skip
    client = rights.client(Kind.MANAGER)
    for path in pages:
        body = client.get(path).get_data().lower()
        assert b"kanari" not in body, path


def test_failure_07_strangers_are_answered_by_no_address_that_needs_a_right(rights):
    app = rights.world.app
    for address in addresses(app):
        if getattr(app.view_functions[address.endpoint], "permission", None) is not None:
            assert ask(rights, address, Kind.ANONYMOUS, rights.own).mark == SIGN_IN, address.key


@pytest.mark.parametrize("kind", [Kind.LEADER, Kind.MANAGER, Kind.ADMINISTRATOR])
def test_failure_08_no_private_page_may_be_kept_by_anybody_in_between(rights, kind):
    app = rights.world.app
    client, tried, kept = rights.client(kind), 0, []
    for address in addresses(app):
        if address.method != "GET" or ROWS[address.key].own[kind] != OPENS:
            continue
        if getattr(app.view_functions[address.endpoint], "permission", None) is None:
            continue
        with app.test_request_context():
            values = values_for(rights, kind, rights.own, stage_of(address.endpoint))
            path = path_of(address, dict(values))
        answer = client.get(path, query_string=arguments_of(address.endpoint, rights.own))
        if "no-store" not in answer.headers["Cache-Control"]:
            kept.append((address.key, answer.headers["Cache-Control"]))
        answer.close()
        tried += 1
    assert kept == []
    assert tried >= 15


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.ADMINISTRATOR])
def test_failure_09_no_file_of_another_organisation_is_made_for_anybody(rights, kind):
    endings = (".pdf", ".xlsx", ".csv", ".zip", "/file")
    tried = 0
    for address in addresses(rights.world.app):
        rule = address.rule.rule
        if address.method == "GET" and rule.endswith(endings) and address.rule.arguments:
            if address.endpoint.startswith("standard."):
                continue
            assert ask(rights, address, kind, rights.other).mark != OPENS, address.key
            tried += 1
    assert tried >= 7


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.DECISION_MAKER])
def test_failure_12_only_the_named_decision_maker_decides(rights, arrange, kind):
    number = rights.own.assessments[Stage.DECISION]
    body = {
        "award": "-", "reason": "The agreed levels were weighed with care.", "sure": "y",
        "version": "",
    }  # fmt: skip
    with arrange() as session:
        sql = text("SELECT version FROM assessment WHERE id = :id")
        body["version"] = str(session.execute(sql, {"id": number}).scalar())
    path = f"/assessments/{number}/decision"
    answer = rights.client(kind).post(path, data=body)
    if kind in STRANGERS:
        assert answer.headers["Location"].startswith("/sign-in")
    else:
        assert answer.status_code in (403, 404)
    with arrange() as session:
        sql = text("SELECT count(*) FROM decision WHERE assessment_id = :id")
        assert session.execute(sql, {"id": number}).scalar() == 0
    assert rights.client(Kind.DECISION_MAKER).post(path, data=body).status_code == 303


def test_failure_13_a_refused_file_leaves_the_one_before_in_place(rights, arrange):
    from io import BytesIO

    number = rights.own.ids["evidence_id"]
    client = rights.client(Kind.CONTRIBUTOR)
    before = read(client, f"/evidence/{number}/versions/1/file")
    versions = count(arrange, EvidenceVersion)
    body = {"files": (BytesIO(b"MZ\x90\x00not a report"), "report.exe")}
    assert client.post(f"/evidence/{number}/versions", data=body).status_code == 422
    assert count(arrange, EvidenceVersion) == versions
    assert read(client, f"/evidence/{number}/versions/1/file") == before


def test_failure_16_no_demonstration_is_made_or_entered_over_the_web(rights, arrange):
    people = count(arrange, Person)
    for kind in Kind:
        for path in ("/demo-sign-in/1", "/demo", "/demo/seed", "/seed", "/setup"):
            answer = rights.client(kind).post(path)
            assert answer.status_code in (404, 405), (kind, path)
    assert count(arrange, Person) == people


@pytest.mark.parametrize("kind", ["basic", "bearer", "token header", "query", "form", "json"])
def test_failure_66_nothing_but_a_session_signs_anybody_in(rights, cast, kind):
    """Every other kind of credential, right as it may be, is none."""
    token, email = rights.sessions[Kind.MANAGER], cast.programme_manager.email
    basic = base64.b64encode(f"{email}:{PASSWORD}".encode()).decode()
    options = {
        "basic": {"headers": {"Authorization": f"Basic {basic}"}},
        "bearer": {"headers": {"Authorization": f"Bearer {token}"}},
        "token header": {"headers": {"Authentication-Token": token, "X-Auth-Token": token}},
        "query": {"query_string": {"auth_token": token, "token": token, "_user_id": token}},
        "form": {"data": {"auth_token": token, "email": email, "password": PASSWORD}},
        "json": {
            "data": json.dumps({"auth_token": token, "email": email, "password": PASSWORD}),
            "content_type": "application/json",
        },
    }[kind]
    client = rights.client(Kind.ANONYMOUS)
    for path in ("/", "/people", f"/assessments/{rights.own.assessments[Stage.SCORING]}"):
        answer = client.get(path, **options)
        assert answer.status_code == 303, path
        assert answer.headers["Location"].startswith("/sign-in")
    assert count_roles(rights) > 0


def count_roles(rights) -> int:
    from accredit.database import db

    with rights.world.app.app_context():
        return len(db.session.scalars(select(RoleAssignment.id)).all())


def test_an_undeclared_view_is_refused_at_run_time(app):
    """The rule itself: a view that says nothing of rights answers nobody."""
    from accredit.web.access import UndeclaredViewError

    def forgotten() -> str:
        return "secret"

    endpoint = "static_test_forgotten"
    app.view_functions[endpoint] = forgotten
    app.url_map._remap = True
    with app.test_request_context("/"):
        from flask import request
        from werkzeug.routing import Rule

        request.url_rule = Rule("/", endpoint=endpoint)
        guard = next(one for one in app.before_request_funcs[None] if one.__name__ == "guard")
        with pytest.raises(UndeclaredViewError):
            guard()
    del app.view_functions[endpoint]
