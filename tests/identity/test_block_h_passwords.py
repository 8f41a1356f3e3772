"""Block H, passwords: what may be chosen, how it is kept, and what a change does."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accredit.audit import Event
from accredit.identity import sign_in
from accredit.identity.models import Person
from accredit.identity.passwords import (
    WeakPasswordError,
    common_passwords,
    ensure_password_fits,
)
from tests.costs import costs_less_than
from tests.identity.steps import give_password, is_in
from tests.people import PASSWORD

EMAIL = "layla.alhashimi@example.org"
NEW = "another long password, this one"


def change(browser, password, present=PASSWORD):
    sent = {"present": present, "password": password, "again": password}
    return browser.post("/account/password", sent)


@pytest.mark.block("H", "passwords 01 eight characters are enough")
def test_eight_characters_are_enough(browse, cast):
    assert change(browse(cast.leader), "kq7 vmxz").status == 303
    assert give_password(browse(), cast.leader, "kq7 vmxz").status == 302


@pytest.mark.block("H", "passwords 02 sixty-four characters are taken whole")
def test_sixty_four_characters_are_taken_whole(browse, cast):
    long = "river stone lantern orchard " * 2 + "willows!"
    assert len(long) == 64
    assert change(browse(cast.leader), long).status == 303
    assert give_password(browse(), cast.leader, long[:63]).status == 422
    assert give_password(browse(), cast.leader, long).status == 302


@pytest.mark.block("H", "passwords 03 a thousand characters cost no hashing")
def test_a_thousand_characters_are_refused_without_hashing(app, browse, cast):
    assert change(browse(cast.leader), "abcdefghij" * 100).status == 422
    with app.test_request_context():
        assert not sign_in.matches("x" * 1_000_000, None)
        assert costs_less_than(0.005, lambda: sign_in.matches("x" * 1_000_000, None))


@pytest.mark.block("H", "passwords 04 spaces and Arabic are kept exactly")
@pytest.mark.parametrize("password", ["  two  spaces  around  ", "كلمات كثيرة أتذكرها كلها"])
def test_spaces_and_arabic_are_kept_exactly(browse, cast, password):
    assert change(browse(cast.leader), password).status == 303
    assert give_password(browse(), cast.leader, password.strip() + "x").status == 422
    if password != password.strip():
        assert give_password(browse(), cast.leader, password.strip()).status == 422
    assert give_password(browse(), cast.leader, password).status == 302


@pytest.mark.block("H", "passwords 05 no rule about signs")
@pytest.mark.parametrize("password", ["onlysmalllettersx", "92837465019283", "؟؟!!،،..::;;"])
def test_there_is_no_rule_about_signs(password):
    ensure_password_fits(password, EMAIL)


@pytest.mark.block("H", "passwords 06 the three thousand most common are refused")
def test_the_most_common_passwords_are_refused():
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    tried = FREQUENCY_LISTS["passwords"][:3000]
    assert len(tried) == 3000
    for password in tried:
        for written in (password, password.upper(), password.capitalize()):
            with pytest.raises(WeakPasswordError):
                ensure_password_fits(written, EMAIL)


@pytest.mark.block("H", "passwords 07 those known from breaches are refused")
@pytest.mark.parametrize(
    "password", ["iloveyou", "Password123", "qwertyuiop", "football1!", "trustno1", "sunshine2024"]
)
def test_passwords_known_from_breaches_are_refused_also_with_digits_around(password):
    assert len(common_passwords()) >= 30_000
    with pytest.raises(WeakPasswordError):
        ensure_password_fits(password, EMAIL)


@pytest.mark.block("H", "passwords 08 words of the surroundings are refused")
@pytest.mark.parametrize(
    "password",
    [
        "accredit2026",
        "Northern-2026",
        "Licensing!1",
        "laylahassan",
        "ليلى حسن ١٢",
        "NorthernServices",
    ],
)
def test_names_around_the_person_are_refused(browse, cast, password):
    page = change(browse(cast.leader), password)
    assert page.status == 422
    assert "easy to guess" in page.error_texts()


@pytest.mark.block("H", "passwords 08 words of the surroundings are refused")
def test_a_sentence_may_name_the_place(browse, cast):
    assert change(browse(cast.leader), "my desk at northern faces a quiet river").status == 303


@pytest.mark.block("H", "passwords 09 a change asks for the present one")
@pytest.mark.parametrize("present", ["", "something else entirely"])
def test_a_change_asks_for_the_present_password(browse, cast, present):
    assert change(browse(cast.leader), NEW, present).status == 422
    assert give_password(browse(), cast.leader).status == 302


@pytest.mark.block("H", "passwords 10 a change ends the other sessions")
def test_a_change_ends_the_other_sessions(browse, cast):
    here, elsewhere = browse(), browse()
    give_password(here, cast.leader)
    give_password(elsewhere, cast.leader)
    assert change(here, NEW).status == 303
    assert is_in(here)
    assert not is_in(elsewhere)


@pytest.mark.block("H", "passwords 11 argon2id with parameters of today")
def test_hashes_are_argon2id_with_parameters_of_today(tmp_path):
    from accredit.app import create_app
    from accredit.config import Mode
    from tests.conftest import make_settings

    app = create_app(make_settings(tmp_path, mode=Mode.DEMO))
    with app.app_context():
        kept = sign_in.hash_secret("a password to look at")
    kind, version, cost = kept.split("$")[1:4]
    parameters = dict(part.split("=") for part in cost.split(","))
    assert (kind, version) == ("argon2id", "v=19")
    # What OWASP asks for at least: 19 MiB and two passes.
    assert int(parameters["m"]) >= 19 * 1024
    assert int(parameters["t"]) >= 2


@pytest.mark.block("H", "passwords 12 a weaker hash is renewed at sign-in")
def test_a_weaker_hash_is_renewed_at_sign_in(app, browse, cast, arrange):
    with arrange() as session:
        before = session.get(Person, cast.leader.id).password
    context = app.extensions["security"].pwd_context
    old = context.to_dict()["argon2__rounds"]
    context.update(argon2__rounds=3)
    try:
        assert give_password(browse(), cast.leader).status == 302
        with arrange() as session:
            after = session.get(Person, cast.leader.id).password
            assert session.scalar(select(Event).where(Event.action == "person.password_rehashed"))
        assert after != before
        assert ",t=3," in after
        assert give_password(browse(), cast.leader).status == 302
    finally:
        context.update(argon2__rounds=old)


@pytest.mark.block("H", "passwords 13 pasting and password managers work")
@pytest.mark.parametrize("url", ["/account", "/sign-in"])
def test_fields_let_people_paste_and_managers_fill(browse, cast, url):
    page = browse(cast.leader if url == "/account" else None).get(url)
    fields = page.tree.xpath("//input[@type='password']")
    assert fields
    for field in fields:
        assert field.get("autocomplete") in ("current-password", "new-password")
        assert field.get("maxlength") is None
        assert not [name for name in field.attrib if name.startswith("on")]
        assert field.get("readonly") is None


@pytest.mark.block("H", "passwords 14 a change is told to the owner by mail")
def test_a_change_is_told_to_the_owner(browse, cast, mailing):
    assert change(browse(cast.leader), NEW).status == 303
    assert mailing.send() == 1
    assert mailing.box.envelopes == [("accredit@example.org", [cast.leader.email])]
    assert "was changed" in mailing.box.messages[0]["Subject"]
    assert NEW not in mailing.box.raw[0].decode()
