"""Certificate numbers: easy to read aloud, hard to guess, and proof against slips of the pen.

A number looks like `SE-2026-7K4M9-QTX2H-B5R38`: initials of the standard, the year of issue,
fourteen random characters (70 bits, so that nobody finds a certificate by trying), and one
check character. The alphabet is Crockford's base 32 (https://www.crockford.com/base32.html),
which has no I, L, O and U: what people write for 1 and 0 is read as they meant it.

Everything before the check character, read as one number in base 32, leaves a rest when it
is divided by 37; the check character stands for that rest. Because 37 is a prime above 32,
any single wrong character and any swap of neighbours changes the rest, and is found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_PRIME = 37
_RANDOM = 14
_MEANT = str.maketrans("ILO", "110")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212_.]+")
_INITIALS = re.compile(rf"[{ALPHABET[10:]}]{{1,4}}(?=[0-9OIL]{{4}})")
_REST = re.compile(rf"([0-9]{{4}})([{ALPHABET}]{{{_RANDOM + 1}}})")


def make_number(prefix: str, year: int, choose: Callable[[str], str]) -> str:
    """A new number; `choose` picks one character of a text at random (`secrets.choice`).

    `prefix` is what `prefix_of` makes. Where the rest has no character in the alphabet
    (one draw in seven), another number is drawn.
    """
    while True:
        drawn = "".join(choose(ALPHABET) for _ in range(_RANDOM))
        check = _check_character(f"{prefix}{year:04d}{drawn}")
        if check is not None:
            return _written(prefix, f"{year:04d}", drawn + check)


def parse_number(text: str) -> str | None:
    """The number a person meant, as it is printed; None if it cannot be one.

    Case, spaces, dashes and invisible direction marks do not matter, digits may be of any
    script, and after the initials O counts as 0, I and L as 1.
    """
    plain = text if text.isascii() else "".join(map(_plain, text))
    bare = _SEPARATORS.sub("", plain).upper()
    initials = _INITIALS.match(bare)
    if initials is None:
        return None
    prefix = initials.group()
    rest = _REST.fullmatch(bare[initials.end() :].translate(_MEANT))
    if rest is None:
        return None
    year, code = rest.groups()
    if _check_character(prefix + year + code[:-1]) != code[-1]:
        return None
    return _written(prefix, year, code)


def prefix_of(standard_id: str) -> str:
    """The initials of a standard's id as a number begins with them, one to four letters."""
    initials = (word[:1].upper() for word in re.split(r"[^A-Za-z]+", standard_id))
    letters = [letter for letter in initials if letter and letter in ALPHABET]
    return "".join(letters[:4]) or "C"


def _plain(character: str) -> str:
    if unicodedata.category(character) == "Cf":
        return ""
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def _check_character(body: str) -> str | None:
    rest = 0
    for character in body:
        rest = (rest * len(ALPHABET) + _VALUES[character]) % _PRIME
    return ALPHABET[rest] if rest < len(ALPHABET) else None


def _written(prefix: str, year: str, code: str) -> str:
    return "-".join((prefix, year, code[:5], code[5:10], code[10:]))
