"""Tagged PDF: the file says which of its marks are a heading, a cell or a picture, and in what
order they are read, so that a screen reader reads it like a page.

Whatever is drawn without saying what it is, is decoration: lines, grounds, heads and feet. So
nothing drawn later can be read out by accident. The tree is written by ReportLab together with
everything else; the same drawing gives the same bytes.

Source: ISO 32000-1, 14.6 to 14.8.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from reportlab.pdfbase.pdfdoc import LinkAnnotation, PDFDictionary, PDFName, PDFObject, PDFPage
from reportlab.pdfgen.canvas import Canvas

_DECORATION, _END = "/Artifact BMC", "EMC"


class _Mark(NamedTuple):
    """A stretch of a page's content, by the number it has there; pages count from 0."""

    page: int
    number: int


class _Pointer(NamedTuple):
    """Something on a page beside its content: a link."""

    page: int
    annotation: PDFObject


class Node(PDFObject):
    """One element of the tree: its kind by its standard name, and what belongs to it."""

    __RefOnly__ = 1

    def __init__(self, kind: str, parent: Node | None, extra: str = "") -> None:
        self.kind, self.parent, self.extra = kind, parent, extra
        self.kids: list[Node | _Mark | _Pointer] = []
        if parent is not None:
            parent.kids.append(self)

    def format(self, document: Any) -> bytes:
        """The element as it stands in the file."""
        page = next((kid.page for kid in self.kids if not isinstance(kid, Node)), None)
        shown = [
            "<</Type/StructElem/S/",
            self.kind,
            "/P ",
            _reference(document, self.parent or document.Catalog.StructTreeRoot),
            self.extra,
        ]
        if page is not None:
            shown += ["/Pg ", _reference(document, document.Pages.pages[page])]
        kids = " ".join(_kid(document, kid, page) for kid in self.kids)
        return "".join([*shown, "/K[", kids, "]>>"]).encode("ascii")


def _kid(document: Any, kid: Node | _Mark | _Pointer, page: int | None) -> str:
    if isinstance(kid, Node):
        return _reference(document, kid)
    if isinstance(kid, _Mark) and kid.page == page:
        return str(kid.number)
    place = f"/Pg {_reference(document, document.Pages.pages[kid.page])}"
    if isinstance(kid, _Mark):
        return f"<</Type/MCR{place}/MCID {kid.number}>>"
    return f"<</Type/OBJR{place}/Obj {_reference(document, kid.annotation)}>>"


def _reference(document: Any, thing: Any) -> str:
    number, version = document.idToObjectNumberAndVersion[thing.__InternalName__]
    return f"{number} {version} R"


class _Root(PDFObject):
    """The root of the tree, with the way back from what is on the pages to its elements."""

    __RefOnly__ = 1

    def __init__(self, top: Node, pages: list[list[Node]], links: list[Node]) -> None:
        self.top, self.pages, self.links = top, pages, links

    def format(self, document: Any) -> bytes:
        """The root as it stands in the file."""
        found = [
            f"{number}[{' '.join(_reference(document, node) for node in nodes)}]"
            for number, nodes in enumerate(self.pages)
        ]
        found += [
            f"{number} {_reference(document, node)}"
            for number, node in enumerate(self.links, start=len(self.pages))
        ]
        return (
            f"<</Type/StructTreeRoot/K[{_reference(document, self.top)}]"
            f"/ParentTree<</Nums[{' '.join(found)}]>>/ParentTreeNextKey {len(found)}>>"
        ).encode("ascii")


class _Link(LinkAnnotation):
    """A link that knows its element."""

    permitted = (*LinkAnnotation.permitted, "StructParent")


class TaggedCanvas(Canvas):
    """A canvas whose file has a tree. `draws_again` is the page that is completed at the end."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.top = Node("Document", None)
        self.open_nodes = [self.top]
        self.is_marking = False
        self.draws_again: int | None = None
        self._nodes: list[list[Node]] = []
        self._links: list[tuple[Node, _Link]] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's
        """End the page."""
        canvas: Any = self
        canvas._code[:] = as_decoration(canvas._code)
        super().showPage()

    def save(self) -> None:
        """Write the file with its tree."""
        canvas: Any = self
        if canvas._code:
            self.showPage()
        document = canvas._doc
        pages = document.Pages.pages
        self._nodes += [[] for _ in range(len(pages) - len(self._nodes))]
        root = _Root(self.top, self._nodes, [node for node, _ in self._links])
        for thing in (root, *_all(self.top)):
            document.Reference(thing)
        for number, page in enumerate(pages):
            page.__NoDefault__ = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number, PDFName("S")
        for number, (_, link) in enumerate(self._links, start=len(pages)):
            link.otherkw["StructParent"] = number
        document.Catalog.StructTreeRoot = root
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        super().save()

    def begin(self, node: Node) -> None:
        """What is drawn from here on belongs to the node."""
        page = self._page()
        self._nodes += [[] for _ in range(page + 1 - len(self._nodes))]
        mark = _Mark(page, len(self._nodes[page]))
        self._nodes[page].append(node)
        node.kids.append(mark)
        self._write(f"{_END} /{node.kind} <</MCID {mark.number}>> BDC")
        self.is_marking = True

    def end(self) -> None:
        """What is drawn from here on is decoration again."""
        self._write(f"{_END} {_DECORATION}")
        self.is_marking = False

    def link(self, node: Node, words: str, place: str, box: tuple[float, ...]) -> None:
        """A link from the box to a place in the file; `words` say where it leads."""
        canvas: Any = self
        target = canvas._bookmarkReference(place)
        annotation = _Link(canvas._absRect(box, 1), words, target, Border="[0 0 0]")
        canvas._addAnnotation(annotation)
        self._links.append((node, annotation))
        node.kids.append(_Pointer(self._page(), annotation))

    def _page(self) -> int:
        number = self.getPageNumber() if self.draws_again is None else self.draws_again
        return int(number) - 1

    def _write(self, operators: str) -> None:
        canvas: Any = self
        canvas._code.append(operators)


def as_decoration(code: list[str]) -> list[str]:
    """Operators in which only what says otherwise is content."""
    return [_DECORATION, *code, _END]


def _all(node: Node) -> Iterator[Node]:
    yield node
    for kid in node.kids:
        if isinstance(kid, Node):
            yield from _all(kid)


class Slot:
    """Keeps the node of something that goes on after a page break."""

    __slots__ = ("node",)

    def __init__(self) -> None:
        self.node: Node | None = None


@contextmanager
def grouped(canvas: Any, kind: str, slot: Slot | None = None) -> Iterator[Node | None]:
    """What is marked inside belongs together: a table, a row, a list."""
    if not isinstance(canvas, TaggedCanvas) or canvas.is_marking:
        yield None
        return
    node = _node(canvas, kind, "", slot)
    canvas.open_nodes.append(node)
    yield node
    canvas.open_nodes.pop()


@contextmanager
def marked(
    canvas: Any,
    kind: str,
    *,
    alt: str = "",
    language: str = "",
    scope: str = "",
    box: tuple[float, float] | None = None,
    slot: Slot | None = None,
) -> Iterator[Node | None]:
    """What is drawn inside is read as one `kind`: P, H1, TH, Figure …

    `alt` says in words what a picture shows, `scope` (Row, Column) what a heading of a table
    heads, `box` how wide and high a picture is from the canvas's origin. Inside of another mark
    everything belongs to that one.
    """
    if not isinstance(canvas, TaggedCanvas) or canvas.is_marking:
        yield None
        return
    extra = f"/Lang({language})" if language else ""
    if alt:
        extra += f"/Alt {_text(alt)}"
    if scope:
        extra += f"/A<</O/Table/Scope/{scope}>>"
    if box is not None:
        extra += f"/A<</O/Layout/Placement/Block/BBox[{_corners(canvas, box)}]>>"
    node = _node(canvas, kind, extra, slot)
    canvas.begin(node)
    yield node
    canvas.end()


@contextmanager
def marked_more(canvas: Any, node: Node | None) -> Iterator[None]:
    """What is drawn inside belongs to what was marked before."""
    if not isinstance(canvas, TaggedCanvas) or node is None:
        yield
        return
    canvas.begin(node)
    yield
    canvas.end()


def _node(canvas: TaggedCanvas, kind: str, extra: str, slot: Slot | None) -> Node:
    if slot is not None and slot.node is not None:
        return slot.node
    node = Node(kind, canvas.open_nodes[-1], extra)
    if slot is not None:
        slot.node = node
    return node


def _corners(canvas: Any, box: tuple[float, float]) -> str:
    left, bottom = canvas.absolutePosition(0, 0)
    right, top = canvas.absolutePosition(*box)
    return f"{left:.2f} {bottom:.2f} {right:.2f} {top:.2f}"


def _text(words: str) -> str:
    """A text of the file, in any script."""
    written = f"\ufeff{words}".encode("utf-16-be")
    return f"<{written.hex()}>"
