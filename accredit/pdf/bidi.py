"""Which way each piece of a text runs: levels, words, and their order on the line.

The Unicode Bidirectional Algorithm (UAX #9, https://www.unicode.org/reports/tr9/) gives
every character an embedding level: even levels run left to right, odd ones right to
left. Lines are broken in reading order; only then are the words of one line put into
the order in which they appear on paper (rule L2).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from accredit.pdf.library import BidiParagraph, TextDirection

_LEFT_TO_RIGHT_ISOLATE, _FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2066", "\u2068", "\u2069"
_CODES = re.compile(
    r"(?<![\w+-])(?:"
    r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?(?![\w-])"  # 2026-11 and 2026-11-21
    r"|\+[0-9]{1,3}(?:[ -][0-9]+){2,}"  # +971 4 123 4567
    r"|[+\-\u2212][0-9]+(?:[.,][0-9]+)*"  # -12 and +3.5
    r")"
)
_NO_BREAK_SPACES = "\u00a0\u2007\u202f"
_NEAR = 20
_LONG_SIGNS = re.compile(rf"[^\w\u202a-\u202e\u2066-\u2069]{{{2 * _NEAR + 1},}}")
_KEPT_FORMAT_CHARACTERS = "\u200c\u200d"  # they decide which letters join
_STRONG_RIGHT, _STRONG_LEFT = ("R", "AL"), ("L",)


class Token(NamedTuple):
    """The longest stretch of one word that runs one way; a space is a token of its own."""

    level: int
    text: str
    is_space: bool

    @property
    def rtl(self) -> bool:
        """Whether the letters of this token run right to left."""
        return bool(self.level & 1)


def clean(text: str) -> str:
    """`text` without what no paper can show: control characters, lone surrogates, private codes.

    Tabs become spaces, the different line ends become "\\n"; bidirectional controls stay,
    because they decide the levels.
    """
    text = text.replace("\r\n", "\n")
    if text.isprintable():
        return text
    return "".join(map(_clean_character, text))


def _clean_character(character: str) -> str:
    if character in "\n\r\v\f\x85\u2028\u2029":
        return "\n"
    if character == "\t":
        return " "
    category = unicodedata.category(character)
    if category in ("Cs", "Co"):
        return "\ufffd"
    return "" if category == "Cc" else character


def isolate(text: str) -> str:
    """`text` fenced off, so that its own first strong letter decides how it runs.

    For names, codes and dates of unknown direction inside a line of the other direction;
    each line of a text of several lines is fenced off on its own.
    """
    return "\n".join(
        f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}" for line in clean(text).split("\n")
    )


def isolate_codes(text: str) -> str:
    """Right-to-left `text` with its ISO dates, signed numbers and phone numbers fenced off.

    Without the fence the parts of 2026-11-21 change places after an Arabic word, and the
    sign of -12 moves behind the number.
    """
    return _CODES.sub(rf"{_LEFT_TO_RIGHT_ISOLATE}\g<0>{_POP_ISOLATE}", text)


def runs_right_to_left(text: str, default: bool = False) -> bool:
    """Whether the first strong letter of `text` is a right-to-left one; else `default`."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in _STRONG_RIGHT:
            return True
        if kind in _STRONG_LEFT:
            return False
    return default


def levels(text: str, rtl: bool) -> tuple[int, ...]:
    """The embedding level of each character of one paragraph whose base direction is `rtl`."""
    if text.isascii() and not rtl:
        return (0,) * len(text)
    if not _LONG_SIGNS.search(text):
        return _levels(text, rtl)
    # Each sign looks for the letters on either side of it, so that thousands in a row
    # would take minutes. All signs far from a letter have the level of their neighbours.
    shortened = _LONG_SIGNS.sub(lambda signs: _ends_of(signs[0]), text)
    short = iter(_levels(shortened, rtl))
    result: list[int] = []
    start = 0
    for signs in _LONG_SIGNS.finditer(text):
        result += islice(short, signs.start() - start + _NEAR)
        result += [result[-1]] * (len(signs[0]) - 2 * _NEAR)
        result += islice(short, _NEAR)
        start = signs.end()
    return (*result, *short)


def _ends_of(signs: str) -> str:
    return signs[:_NEAR] + signs[-_NEAR:]


def _levels(text: str, rtl: bool) -> tuple[int, ...]:
    base = int(rtl)
    direction = TextDirection.RTL if rtl else TextDirection.LTR
    try:
        paragraph = BidiParagraph(text=text, base_direction=direction)
    except RecursionError:
        # Signs and isolates in their hundreds stop the algorithm; such a text is still
        # printed, with levels from its letters alone.
        return tuple(_level_of_letter(character, base) for character in text)
    result = [base] * len(text)
    for character in paragraph.characters:
        result[character.character_index] = character.embedding_level
    return tuple(result)


def _level_of_letter(character: str, base: int) -> int:
    kind = unicodedata.bidirectional(character)
    if kind in _STRONG_RIGHT:
        return 1
    if kind in _STRONG_LEFT or kind in ("EN", "AN"):
        return base * 2
    return base


@lru_cache(maxsize=1024)
def tokens(text: str, rtl: bool) -> tuple[Token, ...]:
    """The words and spaces of one paragraph (no line ends in it) in reading order.

    Invisible format characters have done their work once the levels are known and are
    dropped, except those that decide how letters join.
    """
    found: list[Token] = []
    word: list[str] = []
    word_level = 0
    for character, level in zip(text, levels(text, rtl), strict=True):
        is_space = character.isspace() and character not in _NO_BREAK_SPACES
        if word and (is_space or level != word_level):
            found.append(Token(word_level, "".join(word), is_space=False))
            word = []
        if is_space:
            found.append(Token(level, " ", is_space=True))
        elif not _is_invisible(character):
            word_level = level
            word.append(character)
    if word:
        found.append(Token(word_level, "".join(word), is_space=False))
    return tuple(found)


def _is_invisible(character: str) -> bool:
    return (
        unicodedata.category(character) == "Cf"
        and character not in _KEPT_FORMAT_CHARACTERS
        and unicodedata.bidirectional(character) != "AN"  # Arabic number signs are drawn
    )


def visual_order(levels_of_items: Sequence[int]) -> list[int]:
    """The positions of a line's items from left to right, given their levels (rule L2)."""
    order = list(range(len(levels_of_items)))
    for level in range(max(levels_of_items, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels_of_items[order[end]] >= level:
                end += 1
            if end > start:
                order[start:end] = reversed(order[start:end])
            start = end + 1
    return order
