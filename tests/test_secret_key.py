"""The secret key: a guessable one starts nothing, and an old one opens nothing.

`failure_33` and `failure_34` are numbers in the list of failures of other products.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from flask import session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from itsdangerous import URLSafeTimedSerializer
from packaging.version import Version
from wtforms import ValidationError

from accredit.app import create_app
from accredit.config import DEMO_SECRET
from accredit.database import db
from accredit.identity.sessions import hash_token
from accredit.trail.checking import heads_of, sign_head
from tests.conftest import Browser
from tests.identity.steps import code, give_password, is_in, show_code
from tests.test_cli import (
    ROOT,
    SECRET,
    accredit,
    change,
    empty,
    environment,
    folder,
    prepared,
    refused,
)

__all__ = ["empty", "folder", "prepared"]  # fixtures

NEW_KEY = "another-key-with-8-or-more-different-signs-98765"
#: What others shipped, and what people type for the time being.
GUESSABLE = {
    "none": None,
    "empty": "",
    "the demonstration's": DEMO_SECRET,
    "short": SECRET[:31],
    "one sign": "x" * 64,
    "few signs": "secret" * 10,
}


def start_of_any_server(data_folder, **changes) -> subprocess.CompletedProcess[str]:
    """What every WSGI server does first: load `wsgi:app`."""
    return subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        env=environment(data_folder, **changes),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("key", GUESSABLE.values(), ids=GUESSABLE.keys())
def test_failure_33_no_server_starts_on_a_guessable_key(prepared, key):
    refused(accredit(prepared[0], "serve", ACCREDIT_SECRET_KEY=key), "ACCREDIT_SECRET_KEY")
    other = start_of_any_server(prepared[0], ACCREDIT_SECRET_KEY=key)
    assert other.returncode != 0
    assert "SettingsError: ACCREDIT_SECRET_KEY" in other.stderr


@pytest.mark.parametrize("name", ["ACCREDIT_PASSWORD_SALT", "ACCREDIT_TRAIL_KEY"])
@pytest.mark.parametrize("key", ["short", "x" * 64, DEMO_SECRET])
def test_the_other_keys_are_no_more_guessable(prepared, name, key):
    """What seals second factors and signs heads is worth as much as what signs sessions."""
    refused(accredit(prepared[0], "serve", **{name: key}), f"{name} is too short or guessable")


def test_any_server_starts_on_a_good_one_and_is_as_careful_as_ours(folder, empty):
    answer = start_of_any_server(folder)
    assert answer.returncode == 0, answer.stderr
    assert "never runs in debug mode" in start_of_any_server(folder, FLASK_DEBUG="1").stderr
    change(folder, "UPDATE person SET is_demo = true")
    assert "1 demonstration accounts" in start_of_any_server(folder).stderr
    assert "accredit init" in start_of_any_server(empty).stderr


def forged(app, key: str, token: str) -> str:
    """A cookie as somebody who knows the key would make it."""
    signer = app.session_interface.get_signing_serializer(_keyed(app, key))
    assert signer is not None
    return str(signer.dumps({"_user_id": token, "_fresh": True}))


def _keyed(app, key: str):
    """Something that has the settings of the application and this key."""

    class Keyed:
        secret_key = key
        config = app.config

    return Keyed()


def holding(app, cookie: str) -> Browser:
    browser = Browser(app.test_client())
    browser.client.set_cookie("session", cookie)
    return browser


def test_failure_33_even_the_right_key_makes_nobody_of_a_number(app, cast):
    """A session is a row: whoever can sign cookies still needs a token that the table knows."""
    key = app.config["SETTINGS"].secret_key
    for token in (str(cast.administrator.id), hash_token(cast.administrator.session_id), "", "1"):
        assert not is_in(holding(app, forged(app, key, token)))
    # The forging itself is right: with a token that is known it opens what that token opens.
    assert is_in(holding(app, forged(app, key, cast.leader.session_id)))


def test_cookies_are_signed_with_a_hash_of_today(app, cast):
    """The library's own hash would be SHA-1."""
    key = app.config["SETTINGS"].secret_key
    signer = SecureCookieSessionInterface().get_signing_serializer(_keyed(app, key))
    assert signer is not None
    weak = str(signer.dumps({"_user_id": cast.leader.session_id}))
    assert not is_in(holding(app, weak))


def test_page_tokens_are_signed_with_a_hash_of_today(app):
    """The library's own hash would be SHA-1; one signed so is not taken either."""
    with app.test_request_context():
        token = generate_csrf()
        kept = session["csrf_token"]
        key = app.config["SETTINGS"].secret_key
        weak = URLSafeTimedSerializer(
            key, salt="wtf-csrf-token", signer_kwargs={"digest_method": hashlib.sha1}
        )
        strong = URLSafeTimedSerializer(
            key, salt="wtf-csrf-token", signer_kwargs={"digest_method": hashlib.sha256}
        )
        assert strong.loads(token) == kept
        validate_csrf(strong.dumps(kept))
        with pytest.raises(ValidationError):
            validate_csrf(weak.dumps(kept))


@pytest.fixture
def rekeyed(app, world):
    """The same installation under a new secret key, with all else as the README says."""
    old = world.settings.secret_key
    second = create_app(replace(world.settings, secret_key=NEW_KEY, trail_key=old))
    second.config["WTF_CSRF_ENABLED"] = False
    yield second
    with second.app_context():
        db.engine.dispose()


def test_failure_34_after_a_change_of_the_key_the_old_one_signs_nothing(app, rekeyed, cast):
    token = cast.leader.session_id
    old = app.config["SETTINGS"].secret_key
    assert is_in(holding(app, forged(app, old, token)))
    assert not is_in(holding(rekeyed, forged(app, old, token)))
    assert is_in(holding(rekeyed, forged(app, NEW_KEY, token)))
    # And what is signed now is signed with the new key alone.
    browser = Browser(rekeyed.test_client())
    give_password(browser, cast.leader)
    assert is_in(browser)
    assert not is_in(holding(app, browser.client.get_cookie("session").value))


def test_failure_34_a_change_of_the_key_costs_people_nothing_but_a_sign_in(rekeyed, cast):
    browser = Browser(rekeyed.test_client())
    assert give_password(browser, cast.administrator).location == "/sign-in/second-factor"
    assert show_code(browser, code(cast.administrator.app)).status == 303
    assert is_in(browser)


def test_failure_34_signed_heads_still_hold_after_a_change_of_the_key(app, world, rekeyed):
    with app.app_context():
        sign_head(db.engine, world.settings)
    with rekeyed.app_context():
        settings = rekeyed.config["SETTINGS"]
        assert sign_head(db.engine, settings) is not None
        lines = heads_of(settings).lines()
    assert len(lines) >= 2
    assert [line.fault for line in lines] == [None] * len(lines)
    # Without the setting they are said to be signed with a key nobody here knows.
    forgotten = heads_of(replace(settings, trail_key=None)).lines()
    assert {line.fault for line in forgotten} == {"foreign key"}


def test_failure_34_the_release_that_signed_with_the_oldest_key_is_not_locked(app):
    for name in ("run.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        (locked,) = re.findall(r"^flask==([0-9.]+)", text, re.MULTILINE)
        assert Version(locked) >= Version("3.1.1")
    # There is one key at a time: no list of old ones of which the wrong could be taken.
    assert not app.config["SECRET_KEY_FALLBACKS"]
