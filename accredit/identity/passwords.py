"""What a password must be. Length is what counts; rules about signs only make people repeat."""

from __future__ import annotations

import unicodedata

from accredit.text import N_, RuleError

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 200
_FEWEST_DIFFERENT = 5

#: The public password of the demonstration's people, who exist in demonstrations only.
DEMO_PASSWORD = "show-me-the-evidence"  # noqa: S105 - shown on the demonstration's sign-in page


class WeakPasswordError(RuleError):
    """The password is too short, or could be guessed from the address."""


class WrongPasswordError(RuleError):
    """The password given to prove who is there is not the person's."""

    def __init__(self) -> None:
        super().__init__(N_("This is not your present password."), field="present")


def ensure_password_fits(password: str, email: str) -> None:
    """Raise `WeakPasswordError` unless the password may be chosen by the owner of `email`."""
    if len(password) < MINIMUM_LENGTH:
        raise WeakPasswordError(
            N_("Choose a password of at least %(length)s characters."),
            field="password",
            length=MINIMUM_LENGTH,
        )
    if len(password) > MAXIMUM_LENGTH:
        raise WeakPasswordError(
            N_("Choose a password of at most %(length)s characters."),
            field="password",
            length=MAXIMUM_LENGTH,
        )
    plain = _plain(password)
    if plain in {_plain(email), _plain(email.partition("@")[0])}:
        raise WeakPasswordError(
            N_("Your e-mail address is not a password. Choose another."), field="password"
        )
    if len(set(plain)) < _FEWEST_DIFFERENT:
        raise WeakPasswordError(
            N_("Choose a password of at least %(count)s different characters."),
            field="password",
            count=_FEWEST_DIFFERENT,
        )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
