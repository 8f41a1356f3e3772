"""One request of the matrix, and what became of it in one mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule
from werkzeug.test import TestResponse

from accredit.assessment.domain import Stage
from tests.queries import count_queries, writes
from tests.rights.bodies import arguments_of, body_of, stage_of
from tests.rights.kinds import Kind
from tests.rights.world import Rights, Side, values_for

OPENS, REFUSED, FORBIDDEN, UNKNOWN, SIGN_IN = "+", "~", "-", ".", ">"
_OF_LIBRARIES = frozenset({"static", "security.static", "security.verify"})


@dataclass(frozen=True)
class Address:
    """A method and a rule of the map; `key` is how the policy names it."""

    method: str
    rule: Rule

    @property
    def key(self) -> str:
        return f"{self.method} {self.rule.rule}"

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)


def addresses(app: Flask) -> Iterator[Address]:
    """Every address of ours, by rule."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if rule.endpoint in _OF_LIBRARIES:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Address(method, rule)


@dataclass(frozen=True)
class Outcome:
    """The mark, what was answered, and what was written beside the trail."""

    mark: str
    status: int
    location: str
    body: bytes
    written: list[str]

    @property
    def changed(self) -> bool:
        """Whether something was written and kept: what is answered by an error is rolled back."""
        return bool(self.written) and self.status < 400


def path_of(address: Address, values: dict[str, object]) -> str:
    chosen = {name: _value(address.rule, name, values) for name in address.rule.arguments}
    built = address.rule.build(chosen, append_unknown=False)
    assert built is not None, address.key
    return built[1]


def _value(rule: Rule, name: str, values: dict[str, object]) -> object:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0] if name != "kind" else "suspend"
    if name == "number" and isinstance(converter, IntegerConverter):
        return 1
    if name == "token" and not rule.endpoint.startswith("kpi."):
        return "no-such-link"
    return {"filename": "mark.svg", "ending": "yaml"}.get(name, values.get(name))


def ask(rights: Rights, address: Address, kind: Kind, side: Side) -> Outcome:
    """Send it as this kind of person about a thing of this side."""
    body = body_of(address.endpoint, side)
    return send(rights, address, kind, side, stage_of(address.endpoint), body)


def send(
    rights: Rights,
    address: Address,
    kind: Kind,
    side: Side,
    stage: Stage,
    body: dict[str, Any],
) -> Outcome:
    """The same about an assessment at a stage, and with a form of one's own."""
    with rights.world.app.test_request_context():
        path = path_of(address, dict(values_for(rights, kind, side, stage)))
    return open_at(rights, address, kind, path, body, arguments_of(address.endpoint, side))


def open_at(
    rights: Rights,
    address: Address,
    kind: Kind,
    path: str,
    body: dict[str, Any],
    query: dict[str, str] | None = None,
) -> Outcome:
    """Open a path; a page is asked with `query`, a form is sent with `body`."""
    options = {"query_string": query or {}} if address.method == "GET" else {"data": body}
    client = rights.client(kind)
    with count_queries(rights.world.app) as statements:
        response = client.open(path, method=address.method, **options)
        content = response.get_data()
        response.close()
    written = [one for one in writes(statements) if not _is_usual(one)]
    location = response.headers.get("Location", "")
    return Outcome(mark_of(response), response.status_code, location, content, written)


def _is_usual(statement: str) -> bool:
    """What any request may leave: an event of a refusal, a note of use, a count of tries."""
    return any(
        part in statement for part in ("INTO event", "sign_in_session SET seen_at", "allowance")
    )


def mark_of(response: TestResponse) -> str:
    if response.status_code == 403:
        return FORBIDDEN
    if response.status_code == 404:
        return UNKNOWN
    location = response.headers.get("Location", "")
    if response.status_code in (302, 303) and location.startswith("/sign-in"):
        return SIGN_IN
    return OPENS if response.status_code < 400 else REFUSED
