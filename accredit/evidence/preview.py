"""What a reader sees of a file without taking it away: one part, as a picture, words or cells.

A preview is derived and harmless: it holds no markup, no script and none of the file's own bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from accredit.evidence.search import fold

#: The endings of names whose files can be shown; sound and film cannot.
PICTURES = frozenset({"png", "jpg", "jpeg"})
SHEETS = frozenset({"xlsx", "ods", "csv"})
WORDS = frozenset({"docx", "pptx", "odt", "odp", "txt"})
SHOWN = PICTURES | SHEETS | WORDS | {"pdf"}

MOST_PAGES = 9_999
#: A page or picture is drawn at most this wide and with so many points.
WIDEST = 1_400
MOST_POINTS = 4_000_000
MOST_ROWS = 200
MOST_COLUMNS = 30
LONGEST_CELL = 300
#: Letters of one part; a longer text without pages is divided.
LONGEST_PART = 20_000
#: Names of sheets that are told.
MOST_NAMES = 100

# Of a folded text: «الصفحة ٣» stands there as «الصفحه 3».
_NUMBERED = re.compile(
    r"(?<!\w)(?:pages?|pp?|slides?|sheets?|ص|(?:ال)?(?:صفحه|صفحات|شريحه|ورقه))"
    r"\W{0,3}(?:رقم\s)?(\d{1,4})(?!\w)"
)
_ONLY_NUMBER = re.compile(r"\W*(\d{1,4})\W*")
_QUOTED = re.compile(r"[“«\"]([^”»\"]{2,})[”»\"]")


@dataclass(frozen=True, slots=True)
class Preview:
    """One part of a file, the `part`-th of `count`.

    `kind` is page, slide or sheet, or "" for a file without such parts; `names` are those of
    the sheets. There is a `picture` with its `media_type`, or `words`, or `rows` of cells from
    the first on; a page has a picture and its words. `cited` is what of the words the place
    names, as it stands there; `cut` says that the part has more than is shown.
    """

    kind: str
    part: int
    count: int
    names: tuple[str, ...] = ()
    words: str = ""
    cited: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    cut: bool = False
    media_type: str = ""
    picture: bytes = b""


def part_cited(place: str, count: int, names: Sequence[str] = ()) -> int:
    """Which of `count` parts a place such as “page 14” or “sheet Promises” means; else the first.

    A number counts after the word for a page, slide or sheet, or where it stands alone: in
    “table 3, page 14” it is 14.
    """
    said = fold(place)
    named = [
        (len(name), -number)
        for number, name in enumerate(map(fold, names), 1)
        if name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said)
    ]
    if named:
        return -max(named)[1]
    found = _NUMBERED.search(said) or _ONLY_NUMBER.fullmatch(said)
    number = int(found[1]) if found else 1
    return number if 1 <= number <= count else 1


def words_cited(place: str, words: str) -> str:
    """What a place quotes of the words, or names whole, as it stands in them; "" if nothing."""
    for said in (*_QUOTED.findall(place), place):
        if len(said.strip()) > 2 and (
            found := re.search(
                r"\s+".join(re.escape(word) for word in said.split()), words, re.IGNORECASE
            )
        ):
            return found[0]
    return ""


def divide(text: str, most: int = LONGEST_PART) -> list[str]:
    """A long text in parts of at most `most` letters, divided between lines where it has any."""
    parts: list[str] = []
    rest = text.strip("\n")
    while len(rest) > most:
        end = rest.rfind("\n", most // 2, most) + 1 or most
        parts.append(rest[:end])
        rest = rest[end:]
    return [*parts, rest]
