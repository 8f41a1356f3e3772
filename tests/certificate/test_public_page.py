"""The page a stranger opens on a telephone: what is this certificate worth today?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from accredit.certificate.domain import DecisionKind
from tests.certificate.words import latin_words
from tests.certificates import DECIDED, REASON, change, grant, store
from tests.queries import count_queries, writes

SUSPENDED = datetime(2026, 9, 1, 22, 30, tzinfo=UTC)
SECRET = "Canary: complaints about the counter in the north."
DURING = datetime(2027, 1, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def number(arrange, cast, world):
    with arrange() as session:
        return grant(session, cast, store(world.settings)).number


def do(arrange, cast, number, *kinds):
    from accredit.certificate.models import Certificate

    with arrange() as session:
        certificate = session.query(Certificate).filter_by(number=number).one()
        for kind in kinds:
            change(session, cast, certificate, DecisionKind(kind), reason=SECRET, at=SUSPENDED)


@pytest.mark.parametrize(
    ("kinds", "english", "arabic"),
    [
        ([], "Valid", "سارية"),
        (["suspend"], "Suspended", "موقوفة"),
        (["suspend", "restore"], "Valid", "سارية"),
        (["suspend", "withdraw"], "Withdrawn", "مسحوبة"),
        (["withdraw"], "Withdrawn", "مسحوبة"),
    ],
)
def test_it_says_what_the_certificate_is_worth(
    browse, arrange, cast, number, kinds, english, arabic
):
    do(arrange, cast, number, *kinds)
    with time_machine.travel(DURING, tick=False):
        for language, word in (("en", english), ("ar", arabic)):
            page = browse(None, language).get(f"/certificates/{number}")
            assert page.status == 200
            (verdict,) = page.tree.find_class("verdict__title")
            assert verdict.text_content() == word


@pytest.mark.parametrize(
    ("moment", "word"),
    [
        (datetime(2026, 3, 15, 9, 0, tzinfo=UTC), "Valid"),
        (datetime(2029, 3, 14, 20, 59, tzinfo=UTC), "Valid"),
        # Midnight in the programme's time zone, three hours before the one of UTC.
        (datetime(2029, 3, 14, 21, 0, tzinfo=UTC), "Expired"),
        (datetime(2035, 1, 1, 0, 0, tzinfo=UTC), "Expired"),
    ],
)
def test_it_is_valid_to_the_end_of_its_last_day(browse, number, moment, word):
    with time_machine.travel(moment, tick=False):
        page = browse().get(f"/certificates/{number}")
        assert page.tree.find_class("verdict__title")[0].text_content() == word


def test_a_change_of_state_shows_at_once(browse, arrange, cast, number):
    with time_machine.travel(DURING, tick=False):
        browser = browse()
        for kind, word in (
            ("suspend", "Suspended"),
            ("restore", "Valid"),
            ("withdraw", "Withdrawn"),
        ):
            do(arrange, cast, number, kind)
            page = browser.get(f"/certificates/{number}")
            assert page.tree.find_class("verdict__title")[0].text_content() == word


def test_it_names_who_what_and_when(browse, number):
    with time_machine.travel(DURING, tick=False):
        text = browse().get(f"/certificates/{number}").text
    for words in (
        number,
        "Northern Services Authority",
        "Licensing",
        "Accredited",
        "Issue and renewal of licences",
        "Small service standard",
        "edition 1.0",
        "15 March 2026",
        "14 March 2029",
    ):
        assert words in text


def test_the_day_of_a_suspension_is_the_day_where_the_programme_is_run(
    browse, arrange, cast, number
):
    """22:30 UTC on 1 September is 01:30 on the 2nd in Riyadh."""
    do(arrange, cast, number, "suspend")
    with time_machine.travel(DURING, tick=False):
        assert "since 2 September 2026" in browse().get(f"/certificates/{number}").text


def test_it_never_shows_a_reason_a_person_or_a_finding(browse, arrange, cast, number):
    do(arrange, cast, number, "suspend", "withdraw")
    for language in ("en", "ar"):
        body = browse(None, language).get(f"/certificates/{number}").body.decode()
        for secret in (SECRET, REASON, "Mona", "منى", "Sami", "assessor", "good"):
            assert secret not in body


def test_it_asks_the_register_once_and_writes_nothing(app, browse, cast, number):
    for actor in (None, cast.leader):
        browser = browse(actor)
        browser.get(f"/certificates/{number}")
        with count_queries(app) as statements:
            assert browser.get(f"/certificates/{number}").status == 200
        assert writes(statements) == []
        assert len([s for s in statements if "FROM certificate" in s]) == 1
        if actor is None:
            assert len(statements) == 1


def test_it_is_not_kept_by_browsers_or_proxies(browse, number):
    assert browse().get(f"/certificates/{number}").headers["Cache-Control"] == "no-store"


def test_what_one_visitor_adds_to_the_address_does_not_reach_the_next(browse, number):
    browse().get(f"/certificates/{number}?canary=evil")
    assert b"canary" not in browse().get(f"/certificates/{number}").body


def test_each_visitor_sees_it_in_the_look_they_chose(browse, number):
    url = f"/certificates/{number}"
    plain = browse().get(url)
    dark = browse()
    dark.get(f"{url}?theme=dark")

    assert dark.get(url).body != plain.body
    assert browse().get(url).body == plain.body


def test_its_addresses_follow_the_root_under_which_the_site_is_served(browse, number):
    for root in ("", "/site", ""):
        page = browse().get(f"/certificates/{number}", base_url=f"http://localhost{root}/")
        assert page.tree.xpath("//a[@class='site-name']/@href") == [f"{root}/certificates/check"]


def test_it_offers_the_other_language(browse, number):
    page = browse().get(f"/certificates/{number}")
    (link,) = [url for url in page.links() if "lang=ar" in url]
    other = browse().get(link)
    assert other.lang == ("ar", "rtl")
    assert "هيئة خدمات الشمال" in other.text


def test_the_arabic_page_is_arabic(browse, number):
    page = browse(None, "ar").get(f"/certificates/{number}")
    assert page.lang == ("ar", "rtl")
    assert latin_words(page, number) == []


@pytest.mark.parametrize("change_it", [str.lower, lambda text: text.replace("-", "")])
def test_a_number_written_differently_leads_to_the_same_page(browse, number, change_it):
    answer = browse().get(f"/certificates/{change_it(number)}")
    assert answer.status == 302
    assert answer.location.endswith(f"/certificates/{number}")


def test_a_number_nobody_issued_gives_a_helpful_404(browse, number):
    from tests.certificate.test_numbers import make_number

    other = make_number("SE", 2026, lambda alphabet: alphabet[5])
    page = browse().get(f"/certificates/{other}")
    assert page.status == 404
    assert "Not issued here" in page.text
    assert page.values("check")["number"] == other


@pytest.mark.parametrize("typed", ["SE-2026-7K4M9", "x" * 500, "<script>alert(1)", "شهادة"])
def test_a_mistyped_number_gives_a_helpful_404_that_keeps_it(browse, number, typed):
    page = browse(None, "ar").get(f"/certificates/{typed}")
    assert page.status == 404
    assert page.has_field("number")
    assert b"<script>alert" not in page.body


def test_an_address_with_a_zero_byte_is_one_of_nothing(browse):
    assert browse().get("/certificates/%00").status == 404


def test_numbers_that_are_nearly_right_are_not_found(browse, number):
    last = "A" if number[-1] != "A" else "B"
    assert browse().get(f"/certificates/{number[:-1]}{last}").status == 404


def test_the_page_needs_no_script_and_has_no_inline_style(browse, number):
    page = browse().get(f"/certificates/{number}")
    assert page.tree.xpath("//script") == []
    assert page.tree.xpath("//*[@style]") == []


def test_decided_is_in_the_past_of_these_tests():
    assert DECIDED < SUSPENDED < DURING
