"""How the name of a file is shown, whatever script it is written in."""

from __future__ import annotations

from unicodedata import bidirectional

from markupsafe import Markup, escape

_FROM_THE_RIGHT = frozenset({"R", "AL"})


def file_name(name: str) -> Markup:
    """A file's name in the direction of its own words.

    Where they run from the right, the ending stands apart from them: “2026.docx” after an
    Arabic word would otherwise be shown as “docx.2026”.
    """
    stem, dot, ending = name.rpartition(".")
    if not stem or not any(bidirectional(sign) in _FROM_THE_RIGHT for sign in stem):
        return Markup(f"<bdi>{escape(name)}</bdi>")  # noqa: S704 - escaped here
    end = f'<bdi class="ending" dir="ltr">{escape(dot + ending)}</bdi>'
    return Markup(f"<bdi>{escape(stem)}{end}</bdi>")  # noqa: S704 - escaped here
