"""Block F: whatever is sent to any address by anybody, no answer is a fault of ours.

Each address gets some requests made by chance: real values, their neighbours, hostile texts,
files, fields twice and fields of other forms. More of them by command, under another seed:
`FUZZ=200 FUZZ_SEED=7 python -m pytest -n0 tests/rights/test_block_f.py`. What fails is printed
with its seed and can be sent again.
"""

from __future__ import annotations

import io
import os
import time
from random import Random
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter

from tests.evidence.files import PDF
from tests.kpi.files import workbook
from tests.programme import record
from tests.queries import count_queries, writes
from tests.rights.bodies import arguments_of, body_of, stage_of
from tests.rights.kinds import Kind
from tests.rights.policy import ROWS
from tests.rights.test_block_e import ARGUMENTS, SHAPES
from tests.rights.walking import OPENS, REFUSED, Address, addresses, path_of
from tests.rights.world import Rights, values_for

EXAMPLES = int(os.environ.get("FUZZ", "6"))
SEED = int(os.environ.get("FUZZ_SEED", "2026"))
#: In seconds of the processor; a request that takes longer hangs.
LONGEST = 5.0

NUMBERS = ("0", "-1", "1", "2", "999999", "9223372036854775807", "9223372036854775808", "1e9", "١",
           "1_0", "0x1", "1.5", " 1", "nan", "inf", "-0", "9" * 5_000)  # fmt: skip
DAYS = ("2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2026-1-1", "31/12/2026",
        "2026-01-01T00:00:00Z", "٢٠٢٦-٠١-٠١")  # fmt: skip
WORDS = ("", " ", "x", "\x00", "a\x00b", "\r\n", "\u202e", "\ufeff", "\ud800", "📄" * 100,
         "é" * 3_000, "x" * 70_000, "%s%n%x", "{0}", "../../etc/passwd", "C:\\x",
         "' OR 1=1 --", '"; DROP TABLE',
         "true", "null", "[]", "{}", "[1,2]", '{"a": {"a": {}}}', "=1+1", "\\", "%", "%00",
         *(shape.format(n=1) for shape in SHAPES))  # fmt: skip
KINDS = ("application/json", "text/plain", "multipart/form-data",
         "multipart/form-data; boundary=x")  # fmt: skip
NAMES = (*ARGUMENTS, "id", "role", "award", "level", "reason", "place", "file", "files", "email",
         "password", "again", "present", "code", "answer", "due_on", "target", "owner_id",
         "csrf_token", "weight-1", "codes", "name_en", "name_ar", "cycle", "a" * 500, "", "é",
         "x[0]")  # fmt: skip


def some_text(chance: Random) -> str:
    pool = chance.choice((NUMBERS, DAYS, WORDS))
    text = chance.choice(pool)
    if chance.random() < 0.2:
        text += chance.choice(chance.choice((NUMBERS, DAYS, WORDS)))
    # A lone surrogate cannot be sent over HTTP; what a server makes of its bytes can.
    return text.encode("utf-8", "replace").decode()


def some_file(chance: Random) -> tuple[io.BytesIO, str]:
    content = chance.choice(
        (PDF, workbook([["a"], [1]]), b"", b"a,b\n1,2\n", b"id: x\n", b"PK\x03\x04")
    )
    cut = content[: chance.randrange(len(content) + 1)] if chance.random() < 0.5 else content
    name = chance.choice(
        ("a.pdf", "a.xlsx", "a.csv", "a.yaml", "x", "\u202e.pdf", "a" * 300 + ".csv")
    )
    return io.BytesIO(cut), name


def some_value(chance: Random, name: str) -> Any:
    return (
        some_file(chance)
        if name.startswith("file") and chance.random() < 0.8
        else some_text(chance)
    )


def some_body(chance: Random, right: dict[str, Any]) -> MultiDict[str, Any]:
    """The form as it should be, some of it changed, some missing, some twice, some beside it."""
    body: MultiDict[str, Any] = MultiDict()
    for name, value in right.items():
        if chance.random() < 0.15:
            continue
        body.add(name, value if chance.random() < 0.6 else some_value(chance, name))
        if chance.random() < 0.05:
            body.add(name, some_value(chance, name))
    for _ in range(chance.randrange(4)):
        name = chance.choice(NAMES)
        body.add(name, some_value(chance, name))
    return body


def some_path(chance: Random, rights: Rights, address: Address, kind: Kind) -> str:
    side = rights.own if chance.random() < 0.8 else rights.other
    with rights.world.app.test_request_context():
        values = dict(values_for(rights, kind, side, stage_of(address.endpoint)))
        for name in address.rule.arguments:
            if chance.random() < 0.25:
                number = isinstance(address.rule._converters[name], IntegerConverter)
                values[name] = (
                    chance.randrange(10**18) if number else some_text(chance)[:200] or "x"
                )
        try:
            return path_of(address, values)
        except (AssertionError, ValueError):
            # What the rule itself does not take is no address of ours.
            return path_of(
                address, dict(values_for(rights, kind, side, stage_of(address.endpoint)))
            )


def likely(chance: Random, address: Address) -> Kind:
    """Mostly somebody who is let in, so that the form itself is reached."""
    answered = [kind for kind, mark in ROWS[address.key].own.items() if mark in (OPENS, REFUSED)]
    return chance.choice(answered if answered and chance.random() < 0.8 else list(Kind))


def send(rights: Rights, address: Address, seed: str) -> str | None:
    """One request made by chance; what is wrong with its answer, or None."""
    chance = Random(seed)
    kind = likely(chance, address)
    path = some_path(chance, rights, address, kind)
    query: MultiDict[str, str] = MultiDict(arguments_of(address.endpoint, rights.own))
    for _ in range(chance.randrange(5)):
        query.add(chance.choice(ARGUMENTS), some_text(chance)[:2_000])
    options: dict[str, Any] = {"query_string": query}
    if address.method != "GET":
        options["data"] = some_body(chance, body_of(address.endpoint, rights.own))
        if chance.random() < 0.1:
            options = {"data": some_text(chance), "content_type": chance.choice(KINDS)}
    client = rights.client(kind)
    began = time.process_time()
    with count_queries(rights.world.app) as statements:
        response = client.open(path, method=address.method, **options)
        response.get_data()
        response.close()
    took = time.process_time() - began
    if writes(statements):
        rights.renew()
    if response.status_code >= 500 or took > LONGEST:
        return f"seed {seed!r}: {kind} {path}: {response.status_code} after {took:.1f} s"
    return None


@pytest.mark.parametrize("part", range(8))
def test_no_request_is_answered_by_a_fault(rights, part):
    # The world of the tests raises what a real server answers by 500.
    rights.world.app.config["PROPAGATE_EXCEPTIONS"] = False
    rights.world.app.testing = False
    wrong = []
    try:
        for address in list(addresses(rights.world.app))[part::8]:
            for number in range(EXAMPLES):
                said = send(rights, address, f"{SEED} {address.key} {number}")
                if said is not None:
                    wrong.append(said)
            record("F", address.key)
    finally:
        rights.world.app.config["PROPAGATE_EXCEPTIONS"] = None
        rights.world.app.testing = True
    assert wrong == []


@pytest.mark.block("F", "a number of thousands of digits")
@pytest.mark.parametrize("digits", ["9" * 5_000, "9" * 19, "0" * 5_000, "2147483648"])
def test_a_number_that_no_machine_holds_is_no_fault(rights, digits):
    """In the address, behind the question mark and in every field of every form."""
    faults = []
    for address in addresses(rights.world.app):
        kind = likely(Random(digits), address)
        with rights.world.app.test_request_context():
            values = dict(values_for(rights, kind, rights.own, stage_of(address.endpoint)))
            path = path_of(address, values)
        rule = address.rule.rule
        for name in address.rule.arguments:
            if f"<int:{name}>" in rule:
                rule = rule.replace(f"<int:{name}>", digits)
        paths = [path] if "<" in rule else [path, rule]
        body = dict.fromkeys([*body_of(address.endpoint, rights.own), "version"], digits)
        for one in paths:
            client = rights.client(kind)
            options = {"data": body} if address.method == "POST" else {}
            query = dict.fromkeys(ARGUMENTS, digits)
            with count_queries(rights.world.app) as statements:
                answer = client.open(one, method=address.method, query_string=query, **options)
                answer.close()
            if writes(statements):
                rights.renew()
            if answer.status_code >= 500:
                faults.append(one[:80])
    assert faults == []


@pytest.mark.block("F", "a body of another kind")
@pytest.mark.parametrize("body", ["5", '"x"', "[1]", '{"level": [{}]}', "{", "null", "\x00"])
def test_a_body_that_is_no_form_is_no_fault(rights, body):
    rights.world.app.config["PROPAGATE_EXCEPTIONS"] = False
    rights.world.app.testing = False
    faults = []
    try:
        for address in addresses(rights.world.app):
            if address.method == "GET":
                continue
            for kind in (Kind.ANONYMOUS, likely(Random(body), address)):
                with rights.world.app.test_request_context():
                    stage = stage_of(address.endpoint)
                    path = path_of(address, dict(values_for(rights, kind, rights.own, stage)))
                client = rights.client(kind)
                with count_queries(rights.world.app) as statements:
                    answer = client.post(path, data=body, content_type="application/json")
                if writes(statements):
                    rights.renew()
                if answer.status_code >= 500:
                    faults.append((address.key, kind))
    finally:
        rights.world.app.config["PROPAGATE_EXCEPTIONS"] = None
        rights.world.app.testing = True
    assert faults == []
