"""A standard as pages show it: like a book, beside another version, with what its examples give.

All of it follows from contents that never change, and is written once for each language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from accredit.standard.comparing import CHANGE_NAMES, compare, word_difference
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
from accredit.standard.scoring.example_results import ExampleResult
from accredit.standard.scoring.explain import rounding_words
from accredit.web.pages import written_of


def written_book(standard: Standard, sha256: str, version_id: int | None = None) -> Markup:
    """The standard from its contents to its examples; `sha256` is its own.

    `version_id` is the number under which it was published, None for a draft.
    """
    return written_of(
        (sha256, version_id),
        "standard/_book.html",
        lambda: {**_book(standard), "version_id": version_id},
    )


def written_changes(
    hashes: tuple[str, str], read: Callable[[], tuple[Standard, Standard]]
) -> Markup:
    """What the second of two standards changes in the first; `hashes` are theirs.

    `read` gives the two themselves. It is called only where they were not compared before.
    """

    def compared() -> dict[str, Any]:
        return {
            "difference": compare(*read()),
            "change_names": CHANGE_NAMES,
            "word_difference": word_difference,
        }

    return written_of(hashes, "standard/_changes.html", compared)


def written_examples(sha256: str, results: Sequence[ExampleResult]) -> Markup:
    """What each example of the standard with this hash says, beside what came out."""
    return written_of(sha256, "standard/_examples.html", lambda: {"results": results})


def _book(standard: Standard) -> dict[str, Any]:
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
