"""Compile the Arabic catalogue, and fail where a translation lacks a placeholder or adds one.

As `pybabel compile`, which however takes the percent sign of plain words (“a 95% interval”) for
a placeholder. Ours have names, `%(name)s`; a text without one is never formatted.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).parents[1] / "translations" / "ar" / "LC_MESSAGES" / "messages.po"


def main() -> int:
    """Write the compiled catalogue beside its text; 1 if a translation does not fit."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="ar")
    wrong = 0
    for message in catalogue:
        if "%(" not in str(message.id):
            message.flags.discard("python-format")
        for error in message.check(catalogue):
            wrong += 1
            print(f"{CATALOGUE}:{message.lineno}: {error}", file=sys.stderr)
    with CATALOGUE.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
