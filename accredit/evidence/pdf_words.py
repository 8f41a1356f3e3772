"""The words of a page of a PDF that has Arabic, in reading order.

A PDF keeps shapes and where they stand, not how they are read. What the library makes of it is
right for most languages; in Arabic it tears words apart at their vowel signs, which stand higher,
and leaves the letters of many words as they stand on paper, from left to right. So each line is
read here from where its letters stand.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

_RIGHT_TO_LEFT = "\u0590-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_LATIN = "A-Za-z\u00c0-\u024f"
_HAS_ARABIC, _HAS_LATIN = re.compile(f"[{_RIGHT_TO_LEFT}]"), re.compile(f"[{_LATIN}]")
#: What runs from the left within Arabic: Latin words with all between them, or one number.
_RUNS_LEFT = re.compile(
    rf"[{_LATIN}](?:[^{_RIGHT_TO_LEFT}]*[{_LATIN}0-9\u0660-\u0669%])?"
    r"|[+\-\u2212]?[0-9\u0660-\u0669](?:[0-9\u0660-\u0669.,:/\-\u2212\u066b\u066c]*"
    r"[0-9\u0660-\u0669])?%?"
)
#: Arabic words, with all between them, within another language.
_RUNS_RIGHT = re.compile(rf"[{_RIGHT_TO_LEFT}](?:[^{_LATIN}0-9]*[{_RIGHT_TO_LEFT}])?")
#: A bracket that only closes, after the number of an item in a list.
_NUMBERS = re.compile(r"(?:^|\n)\w{1,3}\)\Z")
#: Brackets of a kind, and where either stands.
_PAIRS = (
    ("()", re.compile(r"[()]")),
    ("[]", re.compile(r"[\[\]]")),
    ("«»", re.compile(r"[«»]")),
)

#: A page with more is no page of a book.
_MOST_LETTERS = 10_000
#: In heights of a letter: within this much up or down, letters stand on one line.
_SAME_LINE = 0.3
#: A letter is looked for on so many lines before it.
_LAST_LINES = 4
#: In heights of a letter: so far apart, two words are apart. Spaces are rarely kept where they
#: stood. Measured at pages with IBM Plex Sans Arabic; tails hang under the next word, and
#: letters that join the next one leave no gap at all within a word.
_GAP, _GAP_ELSEWHERE, _GAP_AFTER_JOINING = 0.13, 0.1, 0.04
_LETTERS = re.compile("[\u0620-\u064a\u0671-\u06d3]")
_JOINING = re.compile("[\u0626\u0628\u062a-\u062e\u0633-\u0647\u064a]")
#: Those with a tail, and those that only end a word.
_TAILS, _LAST = "\u0631\u0632\u0648", "\u0629\u0649"


@dataclass(slots=True)
class _Letter:
    """One letter where it stands: its edges, its base line, its height and its vowel signs."""

    text: str
    left: float
    right: float
    base: float
    height: float
    signs: list[str] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def page_words(textpage: Any) -> str:
    """The text of a page, line by line; `textpage` is pypdfium2's."""
    text: str = textpage.get_text_bounded()
    if not _HAS_ARABIC.search(text) or textpage.count_chars() > _MOST_LETTERS:
        return text
    lines: list[list[_Letter]] = []
    signs: list[_Letter] = []
    for letter in _letters(textpage):
        if unicodedata.combining(letter.text[0]):
            signs.append(letter)
        elif line := _line_of(letter, lines):
            line.append(letter)
        elif letter.text != " ":
            lines.append([letter])
    for sign in signs:
        _attach(sign, lines)
    return _paired("\n".join(map(_read, lines)))


def _line_of(letter: _Letter, lines: Sequence[list[_Letter]]) -> list[_Letter] | None:
    """The line it stands on, if it is one of the last ones: columns stay apart."""
    for line in reversed(lines[-_LAST_LINES:]):
        if abs(letter.base - line[0].base) < _SAME_LINE * letter.height:
            return line
    return None


def _letters(textpage: Any) -> Iterator[_Letter]:
    """What is drawn, in the order of the file; what the library adds is left out."""
    from pypdfium2 import raw

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if code <= ord(" ") or raw.FPDFText_IsGenerated(textpage, index) == 1:
            continue
        raw.FPDFText_GetCharOrigin(textpage, index, x, y)
        raw.FPDFText_GetLooseCharBox(textpage, index, box)
        raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
        # Joined letters touch where they are drawn, whatever their widths are said to be.
        # A tail that hangs under the next word is not counted.
        inked = right.value > left.value and (chr(code) not in _TAILS or box.left == left.value)
        start = min(box.left, left.value) if inked else box.left
        end = max(box.right, right.value) if inked else box.right
        if unicodedata.combining(chr(code)):
            start, end = left.value, right.value
        text = unicodedata.normalize("NFKC", chr(code)) or " "
        height = _height(box.top - box.bottom, top.value - bottom.value)
        yield _Letter(text, start, end, y.value, height)


def _height(of_font: float, of_letter: float) -> float:
    """The height of a line of these letters; of some fonts only the drawn letter's is known."""
    return max(of_font if of_font > 1.01 * of_letter else 2 * of_letter, 1.0)


def _attach(sign: _Letter, lines: Sequence[list[_Letter]]) -> None:
    """Give a vowel sign to the letter it stands over or under."""
    if not lines:
        return
    line = min(lines, key=lambda line: abs(line[0].base - sign.base))
    letters = [letter for letter in line if _HAS_ARABIC.match(letter.text)]
    if letters and abs(line[0].base - sign.base) < sign.height:
        nearest = min(letters, key=lambda letter: abs(letter.middle - sign.middle))
        nearest.signs.append(sign.text)


def _read(line: list[_Letter]) -> str:
    """The letters of one line, which stand from left to right, as they are read."""
    seen = "".join(letter.text for letter in line)
    spaced = list(_with_spaces(sorted(line, key=lambda letter: letter.left)))
    if len(_HAS_ARABIC.findall(seen)) >= len(_HAS_LATIN.findall(seen)):
        runs = reversed(list(_apart(spaced, _RUNS_LEFT, turned=False)))
    else:
        runs = iter(list(_apart(spaced, _RUNS_RIGHT, turned=True)))
    words = "".join(letter.text + "".join(letter.signs) for run in runs for letter in run)
    return re.sub(" +", " ", words).strip()


def _with_spaces(line: Sequence[_Letter]) -> Iterator[_Letter]:
    """The letters from left to right, with a space between words."""
    height = median(letter.height for letter in line)
    yield line[0]
    for before, letter in pairwise(line):
        if letter.left - before.right > height * _gap_between(letter, before):
            yield _Letter(" ", before.right, letter.left, letter.base, letter.height)
        yield letter


def _gap_between(first: _Letter, second: _Letter) -> float:
    """How far a letter stands from the next one at least, in heights, if a word ends there."""
    if not _LETTERS.match(first.text) or first.text in _TAILS:
        return _GAP_ELSEWHERE
    if not _LETTERS.match(second.text):
        return _GAP
    if first.text in _LAST:
        return -1.0
    return _GAP_AFTER_JOINING if _JOINING.match(first.text) else _GAP


def _apart(
    line: Sequence[_Letter], runs: re.Pattern[str], *, turned: bool
) -> Iterator[Sequence[_Letter]]:
    """What runs the other way as one piece (`turned` itself, if so), the rest letter by letter."""
    seen = "".join(letter.text[0] for letter in line)
    at = 0
    for run in runs.finditer(seen):
        yield from (line[n : n + 1] for n in range(at, run.start()))
        piece = line[run.start() : run.end()]
        yield piece[::-1] if turned else piece
        at = run.end()
    yield from (line[n : n + 1] for n in range(at, len(line)))


def _paired(words: str) -> str:
    """Brackets that open before they close; in Arabic, PDF files disagree which is which."""
    for pair, shapes in _PAIRS:
        at = [
            found.start()
            for found in shapes.finditer(words)
            if not _NUMBERS.search(words, max(0, found.start() - 4), found.end())
        ]
        for n, place in enumerate(at):
            words = words[:place] + pair[n % 2] + words[place + 1 :]
    return words
