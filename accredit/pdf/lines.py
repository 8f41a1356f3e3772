"""Text broken into lines, and lines drawn: the ground every other PDF part stands on.

All lengths are points. Lines are drawn word by word in reading order, each word at its
own place, because that is the order in which other programs read the text back.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, NamedTuple

from accredit.pdf import bidi
from accredit.pdf.fonts import get_font

Align = Literal["start", "center", "end"]


class Word(NamedTuple):
    """A shaped piece of a line: its level, its text, its width."""

    level: int
    text: str
    is_space: bool
    width: float


class Line(NamedTuple):
    """The words of one line in reading order and their width together."""

    words: tuple[Word, ...]
    width: float


class Layout(NamedTuple):
    """A text broken into lines; `rtl` is the direction of its first paragraph."""

    rtl: bool
    lines: tuple[Line, ...]


@lru_cache(maxsize=512)
def break_lines(
    text: str, font_name: str, size: float, width: float, rtl: bool | None = None
) -> Layout:
    """Break `text` into lines no wider than `width` points.

    Line ends in the text are kept. `rtl` is the base direction; None takes it from the
    first strong letter of the text. A word too long for a line is broken inside. Empty
    text gives one empty line, so that it keeps its place.
    """
    text = bidi.clean(text)
    base = bidi.runs_right_to_left(text) if rtl is None else rtl
    lines: list[Line] = []
    for paragraph in text.split("\n"):
        words = _words(paragraph, font_name, size, base)
        lines += _fill(words, font_name, size, width)
    return Layout(base, tuple(lines))


def text_width(text: str, font_name: str, size: float, rtl: bool | None = None) -> float:
    """The width in points of `text` written on one line."""
    return _one_line(text, font_name, size, rtl)[1].width


def one_line(text: str, font_name: str, size: float, rtl: bool | None = None) -> Line:
    """`text` as one line, however long; line ends in it become spaces."""
    return _one_line(text, font_name, size, rtl)[1]


@lru_cache(maxsize=1024)
def _one_line(text: str, font_name: str, size: float, rtl: bool | None) -> tuple[bool, Line]:
    text = bidi.clean(text).replace("\n", " ")
    base = bidi.runs_right_to_left(text) if rtl is None else rtl
    words = _words(text, font_name, size, base)
    return base, Line(tuple(words), sum(word.width for word in words))


def _words(text: str, font_name: str, size: float, rtl: bool) -> list[Word]:
    font = get_font(font_name)
    if rtl:
        text = bidi.isolate_codes(text)
    return [
        Word(level, part, is_space, font.width(part, rtl=bool(level & 1), size=size))
        for level, part, is_space in bidi.tokens(text, rtl)
    ]


def _fill(words: list[Word], font_name: str, size: float, width: float) -> list[Line]:
    """Greedy line filling; spaces at a line's end or start are dropped."""
    lines: list[Line] = []
    line: list[Word] = []
    pending: list[Word] = []
    used = 0.0
    for group in _groups(words):
        if group[0].is_space:
            pending = [*pending, *group] if line else []
            continue
        wide = sum(word.width for word in group)
        gap = sum(word.width for word in pending)
        if line and used + gap + wide > width:
            lines.append(Line(tuple(line), used))
            line, pending, used, gap = [], [], 0.0, 0.0
        if wide > width:
            *full, group = _break_inside(group, font_name, size, width)
            lines += [Line(tuple(part), sum(word.width for word in part)) for part in full]
            wide = sum(word.width for word in group)
        line += [*pending, *group]
        used += gap + wide
        pending = []
    lines.append(Line(tuple(line), used))
    return lines


def _groups(words: list[Word]) -> list[list[Word]]:
    """Words that must stay together: neighbours without a space between them."""
    groups: list[list[Word]] = []
    for word in words:
        if groups and not word.is_space and not groups[-1][0].is_space:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def _break_inside(group: list[Word], font_name: str, size: float, width: float) -> list[list[Word]]:
    """Cut a word that no line can hold into pieces that fit; one letter always fits."""
    parts: list[list[Word]] = [[]]
    used = 0.0
    for word in group:
        rest = word.text
        while rest:
            fewest = 0 if parts[-1] else 1
            piece = _beginning(word._replace(text=rest), font_name, size, width - used, fewest)
            if not piece.text:
                parts.append([])
                used = 0.0
                continue
            parts[-1].append(piece)
            used += piece.width
            rest = rest[len(piece.text) :]
    return parts


def _beginning(word: Word, font_name: str, size: float, room: float, fewest: int) -> Word:
    """The longest beginning of `word` no wider than `room`, of `fewest` letters or more."""
    font = get_font(font_name)

    def width(letters: int) -> float:
        return font.width(word.text[:letters], rtl=bool(word.level & 1), size=size)

    # No more letters are measured than a line of the narrowest ones could hold.
    fits, too_long = fewest, min(len(word.text), int(room / size * 10) + 16) + 1
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if width(middle) <= room:
            fits = middle
        else:
            too_long = middle
    return word._replace(text=word.text[:fits], width=width(fits))


def draw_line(canvas: Any, x: float, y: float, line: Line, font_name: str, size: float) -> None:
    """Draw one line in the canvas's fill colour, its left end at `x`, its baseline at `y`."""
    if not line.words:
        return
    font = get_font(font_name)
    starts = [0.0] * len(line.words)
    pen = x
    for index in bidi.visual_order([word.level for word in line.words]):
        starts[index] = pen
        pen += line.words[index].width
    operators = ["BT"]
    current_font, current_rise = "", 0.0
    for word, start in zip(line.words, starts, strict=True):
        operators.append(f"1 0 0 1 {start:.3f} {y:.3f} Tm")
        for segment in font.segments(word.text, bool(word.level & 1), canvas._doc):
            if segment.font != current_font:
                operators.append(f"{segment.font} {size:g} Tf")
                current_font = segment.font
            if segment.rise != current_rise:
                operators.append(f"{segment.rise * size / 1000:.3f} Ts")
                current_rise = segment.rise
            operators.append(f"[{segment.operand}] TJ")
    if current_rise:
        operators.append("0 Ts")
    operators.append("ET")
    canvas._code.append(" ".join(operators))


def aligned_x(left: float, width: float, line_width: float, align: Align, rtl: bool) -> float:
    """Where a line starts on the left, inside a box `width` wide whose left edge is `left`.

    "start" and "end" follow the direction: the start of right-to-left text is on the right.
    """
    if align == "center":
        return left + (width - line_width) / 2
    at_right = (align == "start") == rtl
    return left + width - line_width if at_right else left


def first_baseline(size: float, leading: float) -> float:
    """How far under the top of a line its baseline lies, both of its fonts considered."""
    return (leading + 0.62 * size) / 2
