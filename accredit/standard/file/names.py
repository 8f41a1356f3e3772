"""What the head of a standard's file declares and the rest of it may name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from accredit.standard.domain import AttributeSet
from accredit.standard.file.reading import Form
from accredit.standard.scales import Scale
from accredit.text import N_

MAX_TITLE = 200

WORD = Form(
    re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"),
    N_("lower-case letters, digits and underscores, beginning with a letter"),
)
CODE = Form(
    re.compile(r"[A-Z0-9]{1,6}(?:\.[A-Z0-9]{1,6}){0,5}"),
    N_("digits or capital letters, separated by points, such as 1.2"),
)
NAME = Form(
    re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*"),
    N_("Latin letters, digits, points, hyphens and underscores"),
    max_length=32,
)


@dataclass(frozen=True, slots=True)
class Names:
    """The declared names. A list that is itself in error is None: then any name passes, so that
    one error does not drag a hundred others behind it.
    """

    scales: Mapping[str, Scale] | None
    kinds: tuple[str, ...] | None
    kpis: tuple[str, ...] | None
    attribute_sets: Mapping[str, AttributeSet] | None

    @property
    def scale_ids(self) -> tuple[str, ...] | None:
        """The ids of the scales."""
        return None if self.scales is None else tuple(self.scales)

    @property
    def levels(self) -> tuple[str, ...] | None:
        """The ids of the levels of all scales."""
        if self.scales is None:
            return None
        return tuple(dict.fromkeys(name for one in self.scales.values() for name in one.level_ids))
