"""The type face of the pages, made ready for the web from its installed package.

Browsers draw outlines well without the hints that a printer of the last century needed: without
them, and packed as WOFF2, a weight is a fifth of its size. That takes about a second, so it is
done once for each installation, when the first page asks, and kept in the data folder.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Lock

import fontpkg

#: Those that the style sheet asks for.
WEIGHTS = (400, 600)
#: Raised when the same file of the package would be made into something else.
_RECIPE = b"1"

_making = Lock()


def name_of(weight: int) -> str:
    """The file name of a weight; it changes when the package or our recipe does."""
    return f"plex-{weight}-{_fingerprint(weight)}.woff2"


def font(weight: int, folder: Path) -> bytes:
    """A weight of IBM Plex Sans Arabic as WOFF2, kept in `folder` once it was made."""
    kept = folder / name_of(weight)
    with _making:
        return _font(weight, kept)


@cache
def _font(weight: int, kept: Path) -> bytes:
    try:
        return kept.read_bytes()
    except OSError:
        made = _make(_source(weight))
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{id(made):x}")
        fresh.write_bytes(made)
        fresh.replace(kept)
    except OSError:
        # A folder that takes no files costs a second at each start, and no page.
        return made
    return made


def _make(source: Path) -> bytes:
    # Only the process that makes a font needs the tools for it.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    with TTFont(source) as whole:
        wanted = Options(
            hinting=False, layout_features=["*"], notdef_outline=True, drop_tables=["DSIG", "meta"]
        )
        subsetter = Subsetter(wanted)
        subsetter.populate(unicodes=whole.getBestCmap())
        subsetter.subset(whole)
        whole.flavor = "woff2"
        packed = BytesIO()
        whole.save(packed)
    return packed.getvalue()


@cache
def _fingerprint(weight: int) -> str:
    return sha256(_RECIPE + _source(weight).read_bytes()).hexdigest()[:12]


def _source(weight: int) -> Path:
    return Path(str(fontpkg.path("IBM Plex Sans Arabic", weight=weight)))
