"""Searching Arabic and English text the way people write it, not letter by letter."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

MOST_WORDS = 8

# Letters that writers exchange freely. What differs only by a mark above or below (أ إ آ ؤ ئ,
# vowels, accents) is already the same after decomposition.
_SAME = str.maketrans(
    {
        "ى": "ي",  # alef maqsura
        "ی": "ي",  # Persian yeh
        "ة": "ه",  # teh marbuta
        "ٱ": "ا",  # alef wasla
        "ک": "ك",  # Persian kaf
        "ء": None,  # hamza on the line
        "ـ": None,  # tatweel
    }
)


def fold(text: str) -> str:
    """`text` without what a search should overlook: marks, case, variants of a letter.

    Arabic-Indic digits become 0-9 and runs of white space one space, so that «الجودةُ ٢٠٢٥»
    and «الجوده 2025» are the same words.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join(decomposed.translate(_LETTERS).translate(_SAME).casefold().split())


class _Letters(dict[int, str]):
    """What is kept of each letter, found out the first time it is met."""

    def __missing__(self, code: int) -> str:
        kept = _plain(chr(code))
        # The letters of the languages people write; what is rarer is looked up each time.
        if code < 0x3000:
            self[code] = kept
        return kept


_LETTERS = _Letters()


def _plain(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in ("Mn", "Cf"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    # No word has a control character in it, and PostgreSQL takes no NUL.
    return " " if category == "Cc" else letter


def words(query: str) -> list[str]:
    """The folded words of a query, all of which must be found."""
    return fold(query).split()[:MOST_WORDS]


#: Longer runs are no words of a language: keys, addresses, tables without spaces.
LONGEST_WORD = 40
#: How many different words of one piece of evidence are found again.
MOST_INDEXED = 20_000

_WORD = re.compile(r"\w+")
_ARABIC = re.compile(r"[\u0621-\u064a]")
#: Before a stem, so that it is never taken for a word; no word begins with it.
STEM = "~"

# What is written together with an Arabic noun, the longest first (after Larkey's light10).
_BEFORE = ("وال", "بال", "كال", "فال", "ولل", "لل", "ال")
_AFTER = ("ها", "ان", "ات", "ون", "ين", "يه", "نا", "هم", "ه", "ي")

#: Plurals of the field that no ending shows, folded and bare, and their singulars.
_BROKEN = {
    "شكاو": "شكو",
    "تقارير": "تقرير",
    "معايير": "معيار",
    "عملا": "عميل",
    "مراكز": "مركز",
    "خطط": "خطه",
    "اهداف": "هدف",
    "نتايج": "نتيجه",
    "قنوات": "قناه",
    "قنو": "قناه",
    "ادل": "دليل",
    "ادله": "دليل",
    "وثايق": "وثيقه",
    "محاضر": "محضر",
    "نماذج": "نموذج",
    "مدرا": "مدير",
    "رووسا": "رييس",
    "مكاتب": "مكتب",
    "فروع": "فرع",
    "اقسام": "قسم",
    "برامج": "برنامج",
    "رسايل": "رساله",
    "طرق": "طريقه",
    "مهام": "مهمه",
    "اسييل": "سوال",
    "اسيل": "سوال",
    "ارا": "راي",
    "صور": "صوره",
    "جداول": "جدول",
    "لوايح": "لايحه",
}


def index_terms(text: str) -> set[str]:
    """What the index keeps of a text: its folded words, and their stems after `STEM`."""
    found: set[str] = set()
    for match in _WORD.finditer(fold(text)):
        word = match[0]
        if 1 < len(word) <= LONGEST_WORD:
            found.add(word)
            if len(found) >= MOST_INDEXED:
                break
    return found | {f"{STEM}{stem}" for word in found for stem in stems(word)}


def has_word(terms: Collection[str], word: str) -> bool:
    """Whether a folded word stands in what `index_terms` made of a text: as itself, as the
    beginning of a word, or by its stem. The same as the index of the library answers."""
    if any(f"{STEM}{stem}" in terms for stem in stems(word)):
        return True
    return any(term.startswith(word) for term in terms)


# The same words are met in every file and every search.
@lru_cache(maxsize=2048)
def stems(word: str) -> frozenset[str]:
    """The stems of a folded word: by Snowball, and in Arabic also without what is joined to it.

    Snowball takes مؤسسة and مؤسسات apart, and the second way alone takes too little off verbs.
    """
    if word.isdigit():
        return frozenset()
    if not _ARABIC.search(word):
        return frozenset({_stemmer("english").stemWord(word)})
    # A و in front may be "and" or the word's own letter: both are kept.
    ways = {word, word.removeprefix("و") if len(word) > 3 else word}
    return frozenset({_stemmer("arabic").stemWord(word), *map(_bare, ways)})


def _bare(word: str) -> str:
    stripped = _stripped(word)
    singular = _BROKEN.get(stripped)
    return stripped if singular is None else _stripped(singular)


def _stripped(word: str) -> str:
    for part in _BEFORE:
        if word.startswith(part) and len(word) - len(part) >= 3:
            word = word.removeprefix(part)
            break
    changed = True
    while changed:
        changed = False
        for part in _AFTER:
            if word.endswith(part) and len(word) - len(part) >= 3:
                word, changed = word.removesuffix(part), True
                break
    return word


def _stemmer(language: str) -> Any:
    found = _own.stemmers.get(language)
    if found is None:
        # Only whoever searches or indexes needs the tables of a language.
        import snowballstemmer

        found = _own.stemmers[language] = snowballstemmer.stemmer(language)
    return found


class _Own(threading.local):
    """What each thread has for itself: a stemmer holds the word it works on, so that two people
    who searched at the same moment would get each other's stems, or a fault."""

    def __init__(self) -> None:
        self.stemmers: dict[str, Any] = {}


_own = _Own()


@dataclass(frozen=True, slots=True)
class Snippet:
    """Where words were found in a text: a passage with each found piece marked True."""

    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Where in a file words were found: page, slide or sheet, and a passage around them."""

    kind: str
    label: str
    passage: Snippet


def snippet(text: str, wanted: Sequence[str], *, around: int = 12) -> Snippet | None:
    """The first place where one of the folded words stands, with words around it.

    None if none of them is there as a word or the beginning of one.
    """
    tokens = text.split()
    wanted_stems = frozenset[str]().union(*(stems(word) for word in wanted))
    matches = cache(lambda token: _matches(token, tuple(wanted), wanted_stems))
    for place, token in enumerate(tokens):
        if matches(token):
            start, end = max(0, place - around), place + around + 1
            pieces = [("… ", False)] if start else []
            for other in tokens[start:end]:
                pieces += [(other, matches(other)), (" ", False)]
            if end < len(tokens):
                pieces.append(("…", False))
            return Snippet(tuple(pieces))
    return None


def _matches(token: str, wanted: tuple[str, ...], wanted_stems: frozenset[str]) -> bool:
    inside = _WORD.findall(fold(token))
    return any(
        part.startswith(wanted) or not stems(part).isdisjoint(wanted_stems) for part in inside
    )
