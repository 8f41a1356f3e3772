"""Reads the structure of a tagged PDF as a screen reader does."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf
from pypdf import PdfReader
from pypdf.generic import ContentStream, NameObject

from tests.pdf.reading import INVISIBLE

_CONTENTS = NameObject("/Contents")


@dataclass
class Element:
    """An element: its kind, what it says with everything below it, and what is said of it."""

    kind: str
    text: str = ""
    alt: str = ""
    scope: str = ""
    language: str = ""
    box: tuple[float, ...] = ()
    kids: list[Element] = field(default_factory=list)


def read_tree(pdf: bytes) -> Element:
    """The one element at the top of the tree."""
    spoken = _spoken(pdf)
    with pikepdf.open(BytesIO(pdf)) as file:
        pages = {page.objgen: number for number, page in enumerate(file.pages)}
        (top,) = file.Root.StructTreeRoot.K
        return _element(top, spoken, pages)


def _element(node: Any, spoken: list[dict[int, str]], pages: dict[Any, int]) -> Element:
    attributes = node.get("/A", {})
    found = Element(
        kind=str(node.S).removeprefix("/"),
        alt=str(node.get("/Alt", "")),
        scope=str(attributes.get("/Scope", "")),
        language=str(node.get("/Lang", "")),
        box=tuple(float(one) for one in attributes.get("/BBox", ())),
    )
    parts = []
    for kid in node.K:
        if isinstance(kid, int):
            parts.append(spoken[pages[node.Pg.objgen]][kid])
        elif kid.get("/Type") == "/MCR":
            parts.append(spoken[pages[kid.Pg.objgen]][int(kid.MCID)])
        elif kid.get("/Type") == "/StructElem":
            assert kid.P.objgen == node.objgen
            found.kids.append(_element(kid, spoken, pages))
            parts.append(found.kids[-1].text)
    found.text = " ".join(" ".join(parts).split())
    return found


def content_of(page: Any) -> list[int]:
    """The numbers of the marks of a page."""
    return [
        int(operands[1]["/MCID"])
        for operands, operator in pikepdf.parse_content_stream(page)
        if str(operator) == "BDC"
    ]


def _spoken(pdf: bytes) -> list[dict[int, str]]:
    """By page and number of the mark, the text that stands inside."""
    spoken: list[dict[int, str]] = []
    for page in PdfReader(BytesIO(pdf)).pages:
        contents = page.get_contents()
        assert contents is not None
        spoken.append({})
        operations, inside = contents.operations, []
        number = None
        for operands, operator in operations:
            if operator == b"BDC":
                number, inside = int(operands[1]["/MCID"]), []
            elif operator == b"EMC" and number is not None:
                part = ContentStream(None, page.pdf)
                part.operations = inside
                spoken[-1][number] = _text(page, part)
                number = None
            elif number is not None:
                inside.append((operands, operator))
    return spoken


def _text(page: Any, part: ContentStream) -> str:
    """The text of a part of a page's content, by the page's own fonts."""
    kept = page["/Contents"]
    page[_CONTENTS] = part
    try:
        return str(page.extract_text()).translate(INVISIBLE)
    finally:
        page[_CONTENTS] = kept
