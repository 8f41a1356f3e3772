"""Block Q: two languages, two directions, and every sign that people type."""

from __future__ import annotations

from html import unescape

import pytest

from tests.evidence.conftest import sent
from tests.evidence.files import PDF
from tests.programme import record
from tests.rights.bodies import arguments_of, stage_of
from tests.rights.kinds import Kind
from tests.rights.walking import addresses, path_of
from tests.rights.world import values_for

#: Texts that a program mishandles, each with the reason why it stays as it was typed.
TEXTS = {
    "emoji beyond the first plane": "تقرير 📄 Report 🇸🇦",
    "non-joiner and joiner": "می\u200cخواهم ر\u200dر",
    "placeholder of a message": "100 %(x)s %s %d %%",
    "placeholder of a format": "{x.__class__} {0} {}",
    "template": "{{ 7*7 }} {% raw %} ${7*7}",
    "marks upon marks": "e\u0301\u0323\u0331 ش\u0651\u064e",
    "letters that change their length": "ǅ ﬁ ŉ İ",
    "mixed directions": "(أ) 5- 12:30 — [b] ‐ ب.",
}


def add(browser, cast, title: str) -> str:
    data = {"title": title, "note": title, "department": str(cast.licensing)}
    file = sent("a.pdf", PDF)
    answer = browser.post("/evidence/new", {**data, "files": file})
    assert answer.status == 303, answer.error_texts()
    return str(answer.location)


@pytest.mark.parametrize(
    "typed", [pytest.param(typed, id=name, marks=pytest.mark.block("Q", name))
              for name, typed in TEXTS.items()],
)  # fmt: skip
def test_what_somebody_types_comes_back_as_it_was_typed(browse, cast, typed):
    place = add(browse(cast.contributor), cast, typed)
    for language in ("en", "ar"):
        page = browse(cast.contributor, language).get(place)
        assert page.status == 200
        assert typed in unescape(page.body.decode())
        listed = browse(cast.contributor, language).get("/evidence/")
        assert typed in unescape(listed.body.decode())


@pytest.mark.block("Q", "lengths are counted in letters")
@pytest.mark.parametrize("letter", ["a", "ش", "📄"])
def test_a_limit_counts_letters_and_not_bytes(browse, cast, letter):
    browser = browse(cast.contributor)
    data = {"name_ar": "اسم", "language": "en"}
    assert browser.post("/account", {**data, "name_en": letter * 120}).status == 303
    assert browser.post("/account", {**data, "name_en": letter * 121}).status == 422


@pytest.mark.parametrize("kind", [Kind.LEADER, Kind.MANAGER, Kind.OBSERVER, Kind.NOBODY])
def test_both_languages_open_and_refuse_the_same(rights, kind):
    app, differing = rights.world.app, []
    for address in addresses(app):
        if address.method != "GET":
            continue
        for side in (rights.own, rights.other):
            with app.test_request_context():
                values = values_for(rights, kind, side, stage_of(address.endpoint))
                path = path_of(address, dict(values))
            statuses = []
            for language in ("en", "ar"):
                client = rights.client(kind)
                client.set_cookie("language", language)
                answer = client.get(path, query_string=arguments_of(address.endpoint, side))
                statuses.append(answer.status_code)
                answer.close()
            if len(set(statuses)) > 1:
                differing.append((path, statuses))
        record("Q", f"the same in both languages: {address.key}")
    assert differing == []


@pytest.mark.block("Q", "a code typed with signs nobody sees")
@pytest.mark.parametrize("sign", ["\ufeff", "\u200f", "\u200e", "\u2069", "\u200b"])
def test_a_number_is_found_whatever_nobody_sees_in_it(browse, sign):
    typed = f"{sign}SE-2026-{sign}7K4M9-QTX2H-B5R38{sign}"
    answer = browse().get("/certificates/check", query_string={"number": typed})
    plain = browse().get(
        "/certificates/check", query_string={"number": "SE-2026-7K4M9-QTX2H-B5R38"}
    )
    assert (answer.status, answer.location) == (plain.status, plain.location)
