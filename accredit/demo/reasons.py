"""The reasons people write beside a level: in their own language, from what the element asks.

A reason names what was found, how it was checked and, below the required level, what is
missing. The wording varies with the person and the element, never with chance.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from accredit.standard.domain import Element, Standard
from accredit.text import Bilingual, Language

_CLAUSE_END = re.compile(r"[.;؛](?=\s|$)")

_SELF = {
    "en": (
        "{finding} The file linked to this element shows it.",
        "{finding} The unit heads went through this together and agreed.",
        "We asked the teams of every shift. {finding}",
        "{finding} The place to look is noted beside the evidence.",
        "We checked this again just before this assessment began. {finding}",
    ),
    "ar": (
        "{finding} ويثبت ذلك الدليل المرتبط بهذا العنصر.",
        "{finding} وقد راجع رؤساء الوحدات ذلك معًا واتفقوا عليه.",
        "سألنا الفرق في المناوبات كلها. {finding}",
        "{finding} والموضع مبيَّن إلى جانب الدليل.",
        "أعدنا التحقق من ذلك قبيل بدء هذا التقييم. {finding}",
    ),
}
_SELF_MISSING = {
    "en": "We know what is missing: {next}",
    "ar": "ونعرف ما ينقصنا: {next}",
}
_ASSESSOR = {
    "en": (
        "{finding} I drew {count} samples at random and found the same in each.",
        "{finding} Seen in: {source}",
        "Two employees and a shift leader described it as the file does. {finding}",
        "{finding} The dates on the documents agree with what people told me.",
        "I followed {count} cases from first contact to the end. {finding}",
        "I worked the figures out again from the raw list and they came out the same. {finding}",
        "{finding} What convinced me: {source}",
    ),
    "ar": (
        "{finding} سحبتُ {count} عينات عشوائيًا، وكانت النتيجة فيها واحدة.",
        "{finding} واطّلعتُ على ما يأتي: {source}",
        "وصف موظفان ورئيس مناوبة ما يجري كما هو مكتوب في الملف. {finding}",
        "{finding} وتواريخ الوثائق مطابقة لما سمعته في المقابلات.",
        "تتبّعتُ {count} معاملات من أول تواصل إلى نهايتها. {finding}",
        "أعدتُ حساب الأرقام من القائمة الأصلية فجاءت مطابقة. {finding}",
        "{finding} وأكثر ما أقنعني: {source}",
    ),
}
_ASSESSOR_MISSING = {
    "en": "What the required level asks for beyond this: {next}",
    "ar": "وما يطلبه المستوى المطلوب فوق ذلك: {next}",
}
_LOWER = {
    "en": (
        "The assessors awarded “{other}” and “{level}”. The evidence covers only some of the "
        "teams, so the higher level is not shown in full.",
        "One assessor read the promise, the other asked how it is kept. What is kept decides: "
        "“{level}”.",
        "The document that would carry “{other}” is older than the standard accepts. “{level}” "
        "stands until a newer one exists.",
    ),
    "ar": (
        "منح أحد المُقيِّمَيْن «{other}» والآخر «{level}». والأدلة تشمل بعض الفرق فقط، فالمستوى "
        "الأعلى لم يثبت كاملًا.",
        "نظر أحد المُقيِّمَيْن إلى ما هو مكتوب، ونظر الآخر إلى ما يُطبَّق. والعبرة بالتطبيق: «{level}».",
        "الوثيقة التي يقوم عليها «{other}» أقدم مما يقبله المعيار، فيبقى «{level}» حتى "
        "تتوفر أحدث منها.",
    ),
}
_HIGHER = {
    "en": (
        "The second sample shows that it holds in every shift, so “{level}” is right; the lower "
        "level rested on one busy week.",
        "Both reasons were read beside the evidence. The register proves “{level}”; “{other}” "
        "overlooked its second sheet.",
    ),
    "ar": (
        "أظهرت العينة الثانية أن ذلك مطبَّق في المناوبات كلها، فالصواب «{level}»، أما المستوى الأدنى "
        "فاستند إلى أسبوع مزدحم واحد.",
        "قُرئ التعليلان مع الأدلة. والسجل يثبت «{level}»، ولم يُنتبه عند منح «{other}» "
        "إلى ورقته الثانية.",
    ),
}


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, for which assessment (together the `key`), and in which language."""

    key: str
    language: Language


def self_reason(standard: Standard, element: Element, level: str, author: Author) -> str:
    """Why the department gives itself this level."""
    text = _pick(_SELF[author.language], author, element).format(
        finding=_finding(element, level, author.language)
    )
    return _with_missing(text, _SELF_MISSING, standard, element, level, author)


def assessor_reason(standard: Standard, element: Element, level: str, author: Author) -> str:
    """Why an assessor awards this level."""
    language = author.language
    number = _number(author, element)
    source = element.evidence[number % len(element.evidence)].text.in_language(language)
    text = _pick(_ASSESSOR[language], author, element).format(
        finding=_finding(element, level, language), source=source, count=3 + number % 6
    )
    return _with_missing(text, _ASSESSOR_MISSING, standard, element, level, author)


def moderator_reason(
    standard: Standard, element: Element, level: str, other: str, author: Author
) -> str:
    """Why, of two differing levels, `level` is agreed and `other` is not."""
    choice = _LOWER if standard.scale.is_below(level, other) else _HIGHER
    return _pick(choice[author.language], author, element).format(
        level=standard.level(level).name.in_language(author.language),
        other=standard.level(other).name.in_language(author.language),
    )


def first_clause(text: str) -> str:
    """The first statement of a descriptor, as a sentence; what follows are alternatives."""
    end = _CLAUSE_END.search(text)
    return f"{text[: end.start()] if end else text}."


def _finding(element: Element, level: str, language: Language) -> str:
    return first_clause(_said(element.descriptor(level), language))


def _with_missing(
    text: str,
    sentences: dict[str, str],
    standard: Standard,
    element: Element,
    level: str,
    author: Author,
) -> str:
    if not standard.scale.is_below(level, element.required):
        return text
    missing = _finding(element, element.required, author.language)
    return f"{text}\n{sentences[author.language].format(next=missing)}"


def _said(text: Bilingual, language: Language) -> str:
    return text.in_language(language)


def _pick(choices: Sequence[str], author: Author, element: Element) -> str:
    return choices[_number(author, element) % len(choices)]


def _number(author: Author, element: Element) -> int:
    """A number that is always the same for this person and element, and looks like any."""
    digest = hashlib.sha256(f"{author.key}:{element.code}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
