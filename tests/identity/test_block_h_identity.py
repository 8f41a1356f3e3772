"""Block H, identity: one address is one account, however it is written."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from accredit.identity.letters import MailKind, compose
from accredit.identity.models import Person
from accredit.text import Bilingual

KNOWN = "kamal.strasse@example.org"

#: Ways to write the known address so that it looks like it. Each gives the same account, which is
#: taken, or is no address at all.
TWINS = {
    "01 leading space": [f" {KNOWN}", f"\t{KNOWN}", f"\u00a0{KNOWN}", f"\u3000{KNOWN}"],
    "02 trailing space": [f"{KNOWN} ", f"{KNOWN}\n", f"{KNOWN}\u2003", f"{KNOWN}\u00a0"],
    "03 zero-width signs": [
        f"\u200b{KNOWN}",
        KNOWN.replace("kamal", "ka\u200bmal"),
        KNOWN.replace("kamal", "kam\u200dal"),
        f"\ufeff{KNOWN}",
        KNOWN.replace(".", "\u2060.", 1),
        KNOWN.replace("@", "\u00ad@"),
    ],
    "04 case": [KNOWN.upper(), KNOWN.title(), KNOWN.replace("example", "EXAMPLE")],
    "05 full-width twins": [
        KNOWN.replace("k", "ｋ"),
        KNOWN.replace("a", "ａ"),
        KNOWN.replace("@", "＠"),
        KNOWN.replace(".org", "。org"),
    ],
    "06 Kelvin sign": [KNOWN.replace("k", "\u212a"), KNOWN.replace("k", "\u212a").upper()],
    "07 dotless i": [KNOWN.replace("a", "ı"), KNOWN.replace("kamal", "kamİl")],
    "08 sharp s": [KNOWN.replace("ss", "ß"), KNOWN.replace("ss", "ẞ")],
    "09 kaf of Arabic and Persian": ["كمال@example.org", "کمال@example.org"],
    "10 yeh of Arabic and Persian": ["علي@example.org", "علی@example.org", "على@example.org"],
    "11 letters of several scripts": [
        KNOWN.replace("a", "а"),
        KNOWN.replace("e", "е"),
        KNOWN.replace("o", "ο"),
        KNOWN.replace("kamal", "kаmаl"),
        KNOWN.replace("example", "exаmple"),
    ],
    "12 more than 320 characters": ["a" * 250 + "@example.org", "a" * 310 + "@example.org"],
    "13 line breaks in an address": [
        f"{KNOWN}\r\nBcc: thief@example.org",
        f"x\r\n{KNOWN}",
        f"{KNOWN}%0d%0aBcc:thief@example.org",
    ],
}


def person_form(cast, **changes):
    return {
        "name_en": "Kamal Strasse",
        "name_ar": "كمال شتراسه",
        "email": KNOWN,
        "language": "en",
        "role": "observer",
        "place": f"o{cast.organisation}",
        **changes,
    }


@pytest.fixture
def manager(browse, cast):
    browser = browse(cast.administrator)
    assert browser.post("/people/new", person_form(cast)).status == 200
    return browser


@pytest.mark.parametrize("case", [pytest.param(case, id=case) for case in TWINS])
def test_failure_29_forty_look_alikes_make_no_second_account(manager, cast, arrange, case, request):
    request.node.user_properties.append(("programme", f"H identity {case}"))
    for written in TWINS[case]:
        page = manager.post("/people/new", person_form(cast, email=written))
        assert page.status == 422, repr(written)
        found = page.error_texts()
        assert (
            "already here" in found
            or "Enter an e-mail address" in found
            or "longer than" in found
            or "254" in found
        ), (written, found)
    with arrange() as session:
        count = session.scalar(
            select(func.count(Person.id)).where(Person.name_en == "Kamal Strasse")
        )
    assert count == 1


def test_failure_29_there_are_forty_of_them():
    assert sum(len(written) for written in TWINS.values()) >= 40


@pytest.mark.block("H", "identity 14 line breaks in a name")
@pytest.mark.parametrize("name", ["Omar\r\nBcc: thief@example.org", "Omar\nSubject: x"])
def test_a_name_is_one_line(manager, cast, mailing, name):
    sent = person_form(cast, email="omar.new@example.org", name_en=name)
    page = manager.post("/people/new", sent)
    assert page.status == 422
    assert mailing.send() == 0


@pytest.mark.block("H", "identity 14 line breaks in a name")
def test_a_name_with_a_zero_byte_is_no_text_at_all(manager, cast, mailing):
    sent = person_form(cast, email="omar.new@example.org", name_en="O\x00mar")
    assert manager.post("/people/new", sent).status == 400
    assert mailing.send() == 0


def test_even_a_name_that_got_in_another_way_adds_no_header(browse, cast, mailing, arrange):
    from accredit import clock
    from accredit.identity.service import record

    with arrange() as session:
        person = session.get(Person, cast.leader.id)
        person.name_en = "Layla\r\nBcc: thief@example.org\r\n\r\nBuy now"
        record(session, "person.changed", person.id, None, person.id, clock.now())
    browse().post("/forgotten", {"email": cast.leader.email})
    assert mailing.send() == 1
    assert mailing.box.messages[0]["Bcc"] is None
    assert mailing.box.envelopes[0][1] == [cast.leader.email]
    assert "Dear Layla Bcc: thief@example.org Buy now," in mailing.box.text()


def test_somebody_signs_in_however_they_write_their_own_address(browse, cast):
    from tests.people import PASSWORD

    for written in (
        f" {cast.leader.email} ",
        cast.leader.email.upper(),
        f"\u200b{cast.leader.email}",
    ):
        answer = browse().post("/sign-in", {"email": written, "password": PASSWORD})
        assert answer.status == 302, repr(written)


@pytest.mark.parametrize("kind", list(MailKind))
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_letter_is_written_in_both_languages(app, kind, language):
    name = Bilingual("Layla Hassan", "ليلى حسن")
    links = ("invitation", "reset", "address_confirm")
    link = "https://accredit.example/reset/x" if kind in links else None
    with app.app_context():
        letter = compose(kind, name=name, language=language, product="accredit", link=link)
    assert letter.direction == ("rtl" if language == "ar" else "ltr")
    # Whoever is at an address that nobody knows yet is told no name.
    assert (name.in_language(language) in letter.text) is (kind != "address_confirm")
    words = letter.text.replace(link or "-", "").replace("accredit", "")
    latin = [
        sign
        for sign in words + letter.subject.replace("accredit", "")
        if sign.isascii() and sign.isalpha()
    ]
    assert bool(latin) is (language == "en"), letter
    assert (link or "") in letter.text
