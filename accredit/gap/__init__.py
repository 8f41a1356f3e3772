"""Gaps: where a level lies below the one required, and how much it matters."""
