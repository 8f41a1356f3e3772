"""A published standard as the database keeps it: canonical JSON back to the frozen values.

It is read as strictly as a file, and refused when it is not the text its hash was taken of.
"""

from __future__ import annotations

import json
import re

from accredit.standard.domain import Standard
from accredit.standard.file.loader import read_tree
from accredit.standard.file.spelling import sha256_of
from accredit.standard.file.yaml_tree import BrokenNode, Entry, ListNode, MapNode, Node, TextNode
from accredit.text import N_, RuleError

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


class DamagedContentError(RuleError):
    """Stored content of a standard is not what was published."""


def from_canonical(text: str, *, sha256: str | None = None) -> Standard:
    """The standard whose canonical text this is.

    Raises DamagedContentError when the text is malformed, or when `sha256` is given and is
    not the hash of the text.
    """
    if sha256 is not None and sha256_of(text) != sha256:
        raise DamagedContentError(
            N_("The stored standard is not the one that was published: its content has changed.")
        )
    try:
        root = as_tree(json.loads(text))
    except (ValueError, RecursionError):
        raise DamagedContentError(N_("The stored standard cannot be read.")) from None
    found = read_tree(root, file="content", issues=[])
    if not isinstance(found, Standard):
        raise DamagedContentError(N_("The stored standard cannot be read."))
    return found


def as_tree(value: object) -> Node:
    """Plain data as the tree a file would have given; numbers stand without quotes there."""
    if isinstance(value, dict):
        return MapNode({key: Entry(as_tree(item), 1, 1) for key, item in value.items()}, 1, 1)
    if isinstance(value, list):
        return ListNode([as_tree(item) for item in value], 1, 1)
    if isinstance(value, str | int) and not isinstance(value, bool):
        text = str(value)
        return TextNode(text, _NUMBER.fullmatch(text) is not None, 1, 1)
    return BrokenNode(1, 1)
