"""Block I: what anybody may ask about a certificate, and what nobody learns by asking."""

from __future__ import annotations

import random

import pytest

from accredit.certificate.number import make_number, parse_number
from accredit.limits import CHECKS
from tests.certificates import grant, store
from tests.rights.walking import addresses

TRIES = 50_000


@pytest.fixture
def number(arrange, cast, world):
    with arrange() as session:
        return grant(session, cast, store(world.settings)).number


@pytest.mark.block("I", "verify 10 random numbers find nothing")
def test_no_number_drawn_by_chance_is_one_that_was_issued(browse, number):
    """All are well formed, as a clever guesser's would be; some are asked on the page itself."""
    chance = random.Random(2026)
    prefix, year, *_rest = number.split("-")
    drawn = {make_number(prefix, int(year), chance.choice) for _ in range(TRIES)}
    assert len(drawn) == TRIES
    assert number not in drawn
    assert all(parse_number(one) == one for one in list(drawn)[:1_000])
    visitor = browse()
    for one in sorted(drawn)[:50]:
        assert visitor.get(f"/certificates/{one}").status == 404


@pytest.mark.block("I", "verify 09 a hundred in a minute, then 429")
def test_whoever_asks_again_and_again_waits(browse, number, app):
    visitor = browse()
    statuses = [
        visitor.client.get(f"/certificates/{number}").status_code for _ in range(CHECKS.burst + 20)
    ]
    assert set(statuses[: CHECKS.burst]) == {200}
    assert statuses[-1] == 429
    assert visitor.get(f"/certificates/{number}").headers["Retry-After"]


@pytest.mark.block("I", "verify 16 other methods do no harm")
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"])
def test_other_methods_neither_change_nor_tell_anything(browse, number, method):
    answer = browse().client.open(f"/certificates/{number}", method=method)
    assert answer.get_data() == b"" or answer.status_code == 405
    assert answer.status_code in (200, 405)


@pytest.mark.block("I", "verify 17 no search engine keeps it")
@pytest.mark.parametrize(
    "path", ["/certificates/{}", "/certificates/check", "/sign-in", "/nowhere"]
)
def test_no_search_engine_is_to_keep_a_page(browse, number, path):
    assert browse().get(path.format(number)).headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.block("I", "verify 18 no list of certificates is public")
def test_no_address_lists_certificates_to_strangers(app, browse, number):
    shown = []
    for address in addresses(app):
        if address.method == "GET" and not address.rule.arguments:
            answer = browse().client.get(address.rule.rule)
            if number.encode() in answer.get_data():
                shown.append(address.key)
            answer.close()
    assert shown == []
