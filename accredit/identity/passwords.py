"""What a password must be. Length is what counts; rules about signs only make people repeat."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from functools import cache

from accredit.text import N_, RuleError

MINIMUM_LENGTH = 8
ADVISED_LENGTH = 15
MAXIMUM_LENGTH = 200
_FEWEST_DIFFERENT = 5
#: A shorter word of the surroundings is part of too many others.
_SHORTEST_WORD = 4
_AROUND = "0123456789!@#$%^&*()-_=+.,;:?*/\\'\" "
_PRODUCT_WORDS = ("accredit", "accreditation", "اعتماد", "الاعتماد")

#: The public password of the demonstration's people, who exist in demonstrations only.
DEMO_PASSWORD = "show-me-the-evidence"  # noqa: S105 - shown on the demonstration's sign-in page


class WeakPasswordError(RuleError):
    """The password is too short, widely known, or could be guessed from what is around it."""


class WrongPasswordError(RuleError):
    """The password given to prove who is there is not the person's."""

    def __init__(self) -> None:
        super().__init__(N_("This is not your present password."), field="present")


def ensure_password_fits(password: str, email: str, context: Iterable[str] = ()) -> None:
    """Raise `WeakPasswordError` unless the password may be chosen by the owner of `email`.

    `context` are names around the person: their own, and those of their organisations.
    """
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
    if _without(plain, _words(email, context)) < MINIMUM_LENGTH:
        raise WeakPasswordError(
            N_("Names of people, organisations or this site are easy to guess. Choose another."),
            field="password",
        )
    if is_common(plain):
        raise WeakPasswordError(
            N_("Many people use this password, so it is tried first. Choose another."),
            field="password",
        )


def is_common(password: str) -> bool:
    """Whether the password is widely used, also with digits or signs put around it."""
    plain = _plain(password)
    core = plain.strip(_AROUND)
    known = common_passwords()
    # What is added must carry the weight by itself where the rest is known.
    return plain in known or (core in known and len(plain) - len(core) < MINIMUM_LENGTH)


@cache
def common_passwords() -> Collection[str]:
    """Some 30,000 passwords by which accounts are tried, from an installed package."""
    # Read when somebody chooses a password, and not at the start of every worker.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def _words(email: str, context: Iterable[str]) -> list[str]:
    found = {*_PRODUCT_WORDS}
    for text in (email.replace("@", " ").replace(".", " "), *context):
        found.update(_plain(text).replace("-", " ").replace(".", " ").split())
    return sorted((word for word in found if len(word) >= _SHORTEST_WORD), key=len, reverse=True)


def _without(plain: str, words: Iterable[str]) -> int:
    """How many characters are left without the words; all of them where there is no word."""
    for word in words:
        plain = plain.replace(word, "")
    return len(plain)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
