"""Searching Arabic and English text the way people write it, not letter by letter."""

from __future__ import annotations

import unicodedata

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
    letters = (_plain(letter) for letter in decomposed)
    return " ".join("".join(letters).translate(_SAME).casefold().split())


def _plain(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in ("Mn", "Cf"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    return letter


def words(query: str) -> list[str]:
    """The folded words of a query, all of which must be found."""
    return fold(query).split()[:MOST_WORDS]
