"""Fonts whose letters are joined by HarfBuzz and can still be searched and copied.

ReportLab writes one glyph per character code. Arabic needs other glyphs: joined forms,
ligatures, moved marks. `ShapedFont` shapes each word once, gives every glyph that has no
plain code a private one, and tells the PDF reader (ToUnicode) which letters of the
original text that glyph stands for.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import uharfbuzz as hb
from reportlab.pdfbase.ttfonts import TTFont

from accredit.pdf import bidi

_FIRST_PRIVATE_CODE = 0xF0000  # supplementary private use area A, 65,534 codes
_LONGEST_KEPT = 48  # letters: longer words are rare, and would fill the memory
_MOST_DISTINCT_TEXTS = 50_000  # after these, the rest of the area still covers every glyph
_LAM_ALEF = re.compile("\u0644[\u064b-\u065f\u0670]*[\u0622\u0623\u0625\u0627\u0671]")
_ZERO_WIDTH_SPACE = "\u200b"


class Glyph(NamedTuple):
    """One drawn shape; positions and widths in thousandths of the font size.

    `x` is where the shape starts, counted from the left edge of its word; `rise` lifts it
    over the baseline; `width` is how far the PDF reader moves on after it.
    """

    code: int
    x: float
    rise: float
    width: float


class Run(NamedTuple):
    """A shaped word: its glyphs from left to right and its width in thousandths."""

    glyphs: tuple[Glyph, ...]
    width: float


class Segment(NamedTuple):
    """Glyphs of one run that share a font subset and a height: PDF text operators."""

    font: str
    rise: float
    operand: str


class ShapedFont(TTFont):
    """A TrueType font for ReportLab whose text is shaped, in either direction.

    `ligatures` allows all the font's own ligatures, for titles; running text does without.
    """

    def __init__(self, name: str, path: Path, *, ligatures: bool) -> None:
        super().__init__(name, str(path))
        self._ligatures = ligatures
        self._hb_font = hb.Font(hb.Face(hb.Blob(path.read_bytes())))
        self._scale = 1000 / self._hb_font.face.upem
        self._blank = self._hb_font.get_nominal_glyph(ord(" ")) or 0
        self._private_codes: dict[tuple[int, str], int] = {}
        self._texts: dict[int, str] = {}
        self._lock = Lock()
        self._encoded: WeakKeyDictionary[Any, dict[tuple[str, bool], tuple[Segment, ...]]] = (
            WeakKeyDictionary()
        )
        self._shape_once = lru_cache(maxsize=8192)(self._shape)

    def shape(self, text: str, rtl: bool) -> Run:
        """The glyphs of one word that runs one way; common words are shaped only once."""
        return self._shape_once(text, rtl) if len(text) < _LONGEST_KEPT else self._shape(text, rtl)

    def width(self, text: str, *, rtl: bool, size: float) -> float:
        """The width in points of one word that runs one way, at `size` points."""
        return self.shape(text, rtl).width * size / 1000

    def stringWidth(  # noqa: N802 - the name ReportLab calls
        self, text: str | bytes, size: float, encoding: str = "utf8"
    ) -> float:
        """The shaped width of a line of text in points, whichever ways its words run."""
        line = text.decode(encoding) if isinstance(text, bytes) else text
        rtl = bidi.runs_right_to_left(line)
        return sum(
            self.width(token.text, rtl=token.rtl, size=size)
            for token in bidi.tokens(bidi.clean(line).replace("\n", " "), rtl)
        )

    def segments(self, text: str, rtl: bool, document: Any) -> tuple[Segment, ...]:
        """The PDF operators that draw one word in `document` (ReportLab's PDFDocument)."""
        known = self._encoded.setdefault(document, {})
        found = known.get((text, rtl))
        if found is None:
            found = known[text, rtl] = tuple(self._encode(self.shape(text, rtl), document))
        return found

    def _shape(self, text: str, rtl: bool) -> Run:
        if not text:
            return Run((), 0.0)
        buffer = hb.Buffer()
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_GRAPHEMES
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        hb.shape(self._hb_font, buffer, None if self._ligatures else _plain_features(text))
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        texts = _texts_of_glyphs([info.cluster for info in infos], text, rtl)
        glyphs, pen = [], 0.0
        for info, position, glyph_text in zip(infos, positions, texts, strict=True):
            x = pen + position.x_offset * self._scale
            rise = position.y_offset * self._scale
            pen += position.x_advance * self._scale
            split_up = rtl and _is_joined_letters(glyph_text)
            *first, last = list(glyph_text) if split_up else [glyph_text]
            code = self._code(info.codepoint, last)
            glyphs.append(Glyph(code, x, rise, self._advance(code)))
            for letter in reversed(first):
                # PDF readers turn the letters of a right-to-left ligature round, so each
                # letter but the last gets an empty glyph of its own at the right end.
                blank = self._code(self._blank, letter)
                width = self._advance(blank)
                glyphs.append(Glyph(blank, pen - width / 2, rise, width))
        return Run(tuple(glyphs), pen)

    def _advance(self, code: int) -> float:
        """How far a PDF reader moves on after `code`, in thousandths of the font size."""
        return float(self.face.charWidths.get(code, self.face.defaultWidth))

    def _code(self, glyph_id: int, text: str) -> int:
        """The character code that draws `glyph_id` and reads as `text`."""
        face = self.face
        if len(text) == 1 and face.charToGlyph.get(ord(text)) == glyph_id:
            return ord(text)
        with self._lock:
            if len(self._private_codes) >= _MOST_DISTINCT_TEXTS:
                # So many different combinations are no language: the glyph is drawn all
                # the same, only its copied text is lost.
                text = self._texts.get(self._private_codes.get((glyph_id, text), 0), "")
            code = self._private_codes.get((glyph_id, text))
            if code is None:
                code = _FIRST_PRIVATE_CODE + len(self._private_codes)
                face.charToGlyph[code] = glyph_id
                face.charWidths[code] = self._hb_font.get_glyph_h_advance(glyph_id) * self._scale
                self._private_codes[glyph_id, text] = code
                self._texts[code] = text
        return code

    def _encode(self, run: Run, document: Any) -> list[Segment]:
        segments: list[Segment] = []
        shown: list[str] = []
        font, rise, pen = "", 0.0, 0.0
        for glyph in run.glyphs:
            subset, byte = self.splitString(chr(glyph.code), document)[0]
            glyph_font = self.getSubsetInternalName(subset, document)
            if shown and (glyph_font != font or glyph.rise != rise):
                segments.append(Segment(font, rise, "".join(shown)))
                shown = []
            font, rise = glyph_font, glyph.rise
            back = round(pen - glyph.x)
            if back:
                shown.append(f"{back}")
                pen -= back
            shown.append(f"<{byte.hex()}>")
            pen += glyph.width
        if shown:
            segments.append(Segment(font, rise, "".join(shown).replace("><", "")))
        return segments

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - the name ReportLab calls
        """Write the font into the document, with a ToUnicode map that knows our texts."""
        subsets = list(self.state[doc].subsets)
        names = [self.getSubsetInternalName(n, doc)[1:] for n in range(len(subsets))]
        super().addObjects(doc)
        for name, subset in zip(names, subsets, strict=True):
            font = doc.idToObject["BasicFonts"].dict[name]
            doc.idToObject[font.ToUnicode.name].content = _to_unicode_map(
                str(font.BaseFont), [self._texts.get(code, chr(code)) for code in subset]
            )


def _plain_features(text: str) -> dict[str, Any]:
    """The OpenType features for running text.

    Of the ligatures only lam-alef is kept: writing needs it, and every further one is a
    place where the PDF readers disagree about the order of its letters.
    """
    needed = [(m.start(), m.end(), True) for m in _LAM_ALEF.finditer(text)]
    return {"kern": True, "liga": False, "rlig": [(0, len(text), False), *needed]}


def _is_joined_letters(text: str) -> bool:
    return len(text) > 1 and not any(map(unicodedata.combining, text[1:]))


def _texts_of_glyphs(clusters: list[int], text: str, rtl: bool) -> list[str]:
    """For each glyph, the letters of `text` it stands for.

    A cluster's first glyph in reading order stands for its letter, the following ones for
    the marks, the last of them for all marks that are left (a ligature of marks).
    """
    starts = sorted(set(clusters))
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    members: dict[int, list[int]] = {}
    for index in reversed(range(len(clusters))) if rtl else range(len(clusters)):
        members.setdefault(clusters[index], []).append(index)
    result = [""] * len(clusters)
    for start, indexes in members.items():
        for index, part in zip(
            indexes, _share(text[start : ends[start]], len(indexes)), strict=True
        ):
            result[index] = part
    return result


def _share(cluster: str, glyphs: int) -> list[str]:
    if glyphs == 1:
        return [cluster]
    first_mark = next((n for n, c in enumerate(cluster) if n and unicodedata.combining(c)), None)
    if first_mark is None:
        return [cluster, *[""] * (glyphs - 1)]
    marks = cluster[first_mark:]
    single = [marks[n : n + 1] for n in range(glyphs - 2)]
    return [cluster[:first_mark], *single, marks[glyphs - 2 :]]


def _to_unicode_map(name: str, texts: list[str]) -> str:
    """A ToUnicode CMap (PDF 32000-1, 9.10.3) from one-byte codes to `texts`."""
    rows = [
        f"<{code:02X}> <{(text or _ZERO_WIDTH_SPACE).encode('utf-16-be', 'replace').hex().upper()}>"
        for code, text in enumerate(texts)
    ]
    blocks: list[str] = []
    for first in range(0, len(rows), 100):  # the format allows a hundred rows in one block
        block = rows[first : first + 100]
        blocks += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo",
            f"<< /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
            f"/CMapName /{name} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            f"<00> <{len(texts) - 1:02X}>",
            "endcodespacerange",
            *blocks,
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )
