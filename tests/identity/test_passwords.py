"""What may be chosen as a password."""

from __future__ import annotations

import pytest

from accredit.identity.passwords import DEMO_PASSWORD, WeakPasswordError, ensure_password_fits

EMAIL = "layla.alhashimi@example.org"


@pytest.mark.parametrize(
    "password",
    [
        "twelve chars",
        "كلمات كثيرة أتذكرها",
        "correct horse battery staple",
        "😀😁😂🤣😃😄😅😆😉😊😋😎",
        DEMO_PASSWORD,
        "x1 y2 z3 " * 22,
    ],
)
def test_a_long_password_of_any_script_fits(password):
    ensure_password_fits(password, EMAIL)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "seven 7",
        "aaaaaaaaaaaaaaaa",
        "12121212",
        EMAIL,
        EMAIL.upper(),
        f"  {EMAIL} ",
        "layla.alhashimi",
        "long" * 51,
    ],
)
def test_a_short_or_guessable_password_is_refused(password):
    with pytest.raises(WeakPasswordError) as raised:
        ensure_password_fits(password, EMAIL)
    assert raised.value.field == "password"
