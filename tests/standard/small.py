"""The small standard of these tests, as text to change and as a value."""

from __future__ import annotations

from pathlib import Path

from accredit.standard.domain import Standard
from accredit.standard.file.issues import Issue
from accredit.standard.file.loader import load

DATA = Path(__file__).parent / "data"
TEXT = (DATA / "small.yaml").read_text(encoding="utf-8")


def changed(old: str, new: str, *, count: int = 1) -> str:
    """The small standard with one passage replaced; the passage must be there."""
    assert old in TEXT, old
    return TEXT.replace(old, new, count)


def errors(text: str | bytes, **options: object) -> list[str]:
    """Each error as `line:col: path: message`; empty for a sound file."""
    content = text.encode() if isinstance(text, str) else text
    loaded = load(content, file="f", **options)  # type: ignore[arg-type]  # known_kpis only
    return [] if isinstance(loaded, Standard) else [str(issue)[2:] for issue in loaded]


def issues(text: str | bytes) -> list[Issue]:
    content = text.encode() if isinstance(text, str) else text
    loaded = load(content, file="f")
    assert isinstance(loaded, list)
    return loaded


def standard(text: str = TEXT) -> Standard:
    loaded = load(text.encode(), file="f")
    assert isinstance(loaded, Standard), [str(issue) for issue in loaded]
    return loaded
