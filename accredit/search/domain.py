"""What is looked for, and how well a text answers it: folded words, their beginnings, their stems.

The same folding as in the library of evidence, so that «الشكاوى» is found by «شكوى» here, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from accredit.evidence.search import Hit, fold, stems, words
from accredit.text import N_, Bilingual, Message

#: What is longer was pasted by mistake.
MOST_LETTERS = 200


class Kind(StrEnum):
    """What is found, in the order in which it is shown."""

    STANDARD = "standards"
    ASSESSMENT = "assessments"
    EVIDENCE = "evidence"
    SUBMITTED = "submitted"
    ACTION = "actions"
    CERTIFICATE = "certificates"
    KPI = "kpis"
    DEPARTMENT = "departments"
    PERSON = "people"


KIND_NAMES = {
    Kind.STANDARD: N_("Standards and their elements"),
    Kind.ASSESSMENT: N_("Assessments"),
    Kind.EVIDENCE: N_("Evidence"),
    Kind.SUBMITTED: N_("Evidence in assessments you judge"),
    Kind.ACTION: N_("Improvement actions"),
    Kind.CERTIFICATE: N_("Certificates"),
    Kind.KPI: N_("KPIs"),
    Kind.DEPARTMENT: N_("Departments"),
    Kind.PERSON: N_("People"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """What of a thing is searched, folded: its title, all that is said of it, and the stems."""

    title: str
    whole: str
    stems: frozenset[str]

    @classmethod
    def of(cls, title: Iterable[str], more: Iterable[str] = ()) -> Text:
        """The text of a thing: its title in every language, and the rest."""
        folded = fold(" ".join(title))
        whole = f"{folded} {fold(' '.join(more))}"
        return cls(folded, whole, frozenset().union(*map(_stems, whole.split())))


@lru_cache(maxsize=50_000)
def _stems(word: str) -> frozenset[str]:
    """The stems of a folded word; the words of a programme come again and again."""
    return stems(word)


@dataclass(frozen=True, slots=True)
class Sought:
    """The folded words somebody looks for, all of which must be there; `typed` as they wrote it."""

    typed: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, typed: str) -> Sought:
        """Read what somebody typed."""
        short = typed.strip()[:MOST_LETTERS]
        return cls(short, tuple(words(short)))

    def rank(self, text: Text) -> int | None:
        """0 where the title alone answers, 1 where the whole text does, otherwise None."""
        if all(word in text.title for word in self.words):
            return 0
        if all(
            word in text.whole or not text.stems.isdisjoint(_stems(word)) for word in self.words
        ):
            return 1
        return None


Said = Bilingual | Message | str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was found: what it is called, where it leads, and what tells it apart.

    `text` is what is said of it, `file_name` what its file is called, `hit` where the words
    stand in that file; `place` is where on the page it is.
    """

    title: Said
    endpoint: str
    values: tuple[tuple[str, object], ...] = ()
    place: str = ""
    code: str = ""
    notes: tuple[Said, ...] = ()
    text: Said = ""
    file_name: str = ""
    hit: Hit | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind: `lines` are those of this page, `total` is how many there are.

    `library` is the page (endpoint, values) that has the rest, where there is one of its own.
    """

    kind: Kind
    lines: tuple[Line, ...]
    total: int
    library: tuple[str, tuple[tuple[str, object], ...]] | None = None


def ranked(found: Iterable[tuple[Text, Line]], sought: Sought) -> list[Line]:
    """The lines that answer, those whose title does before the others."""
    hits = [(rank, line) for text, line in found if (rank := sought.rank(text)) is not None]
    return [line for _rank, line in sorted(hits, key=lambda hit: hit[0])]
