"""Chance that always falls the same way, so that two demonstrations of one day are equal."""

from __future__ import annotations

from random import Random


def seeded(*what: object) -> Random:
    """A source of chance of its own for whatever the words name."""
    return Random(":".join(map(str, what)))  # noqa: S311 - invented figures, no secrets
