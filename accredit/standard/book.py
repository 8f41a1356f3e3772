"""What a page needs to show a standard like a book, published or not."""

from __future__ import annotations

from typing import Any

from accredit.standard.domain import NotApplicable, NotApplicablePolicy, Standard
from accredit.standard.file.spelling import decimal_text
from accredit.standard.presenting import (
    FLAG_NAMES,
    NA_NAMES,
    NA_POLICY_WORDS,
    attribute_words,
    conditions_of_all,
    figure_facts,
    shown_awards,
    shown_rules,
    worth_words,
)
from accredit.standard.scoring.explain import rounding_words


def book(standard: Standard) -> dict[str, Any]:
    """The standard with its rules, awards and scales in words."""
    return {
        "standard": standard,
        "rounding": rounding_words(standard.rounding),
        "awards": shown_awards(standard),
        "conditions": conditions_of_all(standard),
        "rules": shown_rules(standard),
        "na_words": _na_words(standard),
        "words": _Words,
    }


class _Words:
    """The words for single settings of elements, levels and attributes."""

    figure = staticmethod(decimal_text)
    figure_facts = staticmethod(figure_facts)
    worth = staticmethod(worth_words)
    attributes = staticmethod(attribute_words)
    flags = FLAG_NAMES
    na = NA_NAMES


def _na_words(standard: Standard) -> str | None:
    """What happens to the weight of what does not apply, or None where everything applies."""
    if all(node.na is NotApplicable.FORBIDDEN for node in standard.nodes.values()):
        return None
    return NA_POLICY_WORDS[NotApplicablePolicy(standard.na_policy)]
