"""The one part of fpdf2 that is used here: the levels of the bidirectional algorithm.

The front door of that library loads its fonts, drawing and encryption too, 28 MB in every
worker that ever made a paper. So the part is loaded by its own name, past the front door; what
else imports the library finds it whole.
"""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec, module_from_spec
from typing import Any

__all__ = ["BidiParagraph", "TextDirection"]

_PACKAGE = "fpdf"


def _load() -> tuple[Any, Any]:
    if _PACKAGE in sys.modules:
        return importlib.import_module("fpdf.bidi"), importlib.import_module("fpdf.enums")
    spec = find_spec(_PACKAGE)
    if spec is None:
        raise ModuleNotFoundError(_PACKAGE, name=_PACKAGE)
    sys.modules[_PACKAGE] = module_from_spec(spec)
    try:
        return importlib.import_module("fpdf.bidi"), importlib.import_module("fpdf.enums")
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == _PACKAGE]:
            del sys.modules[name]


_bidi, _enums = _load()
BidiParagraph = _bidi.BidiParagraph
TextDirection = _enums.TextDirection
