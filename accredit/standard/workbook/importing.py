"""A workbook back to a standard: the edits of its cells, laid on the file it carries.

Every value keeps the cell it came from as its place, and the whole is read as strictly as a
file is, so that each error names a cell. Nothing half-read gets out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from accredit.standard.domain import Standard
from accredit.standard.file.comments import head_of
from accredit.standard.file.issues import Issue, shown
from accredit.standard.file.loader import load, read_tree
from accredit.standard.file.writer import write
from accredit.standard.file.yaml_tree import ListNode, MapNode, Node, TextNode, parse
from accredit.standard.workbook import words
from accredit.standard.workbook.cells import (
    FIRST_LINE,
    MARK,
    SHEET_LINES,
    CellIssue,
    EditedRow,
    Grid,
    Mistakes,
    as_number,
    put,
)
from accredit.standard.workbook.sheets import has_texts, level_key, sheets_of
from accredit.text import LANGUAGES, N_, Message
from accredit.web.workbook import Cell, UnusableFileError, read_sheets

MAX_BYTES = 8 * 1024 * 1024
_NAMES = (words.FILE, words.ELEMENTS, words.EVIDENCE, words.CRITERIA, words.TEXTS)


@dataclass(frozen=True, slots=True)
class EditedStandard:
    """What a workbook says: the standard it came from, the edited one, and its file's head."""

    base: Standard
    standard: Standard
    head: str


def from_workbook(content: bytes, file: str) -> Standard | list[CellIssue]:
    """The edited standard, or every mistake; `file` is the name mistakes carry."""
    read = read_workbook(content, file)
    return read.standard if isinstance(read, EditedStandard) else read


def read_workbook(content: bytes, file: str) -> EditedStandard | list[CellIssue]:
    """The edited standard beside the one that was exported, or every mistake."""
    mistakes = Mistakes(file, _NAMES)
    if len(content) > MAX_BYTES:
        text = N_("the file is too large: %(size)s bytes; at most %(max)s are read")
        values = {"size": len(content), "max": MAX_BYTES}
        return [CellIssue(file, "", "", Message(text, values))]
    try:
        found = read_sheets(content, _NAMES)
    except UnusableFileError as error:
        return [CellIssue(file, "", "", error.message)]
    for number, name in enumerate(_NAMES):
        if name not in found:
            mistakes.refuse(number * SHEET_LINES, 1, N_("this sheet is missing"))
    if mistakes:
        return mistakes.all()
    text = _carried(found[words.FILE], mistakes)
    base = load(text.encode(), file=file) if text else []
    root = parse(text.encode(), file=file)[0]
    if not isinstance(base, Standard) or not isinstance(root, MapNode):
        return mistakes.all()
    edited = _edited(base, root, found, mistakes, file)
    if mistakes or edited is None:
        return mistakes.all()
    head = head_of(text)
    # What has passed cell by cell may still be too much for one file.
    kept = load(write(edited, head=head).encode(), file=file)
    if not isinstance(kept, Standard):
        return [CellIssue(file, "", "", kept[0].message)]
    return EditedStandard(base, kept, head)


def _carried(rows: list[list[Cell]], mistakes: Mistakes) -> str:
    """The text of the file that was exported; empty when it is not what its hash was taken of."""
    lines = [str(row[0]) if row and row[0] is not None else "" for row in rows]
    if not lines or lines[0].strip() != MARK:
        mistakes.refuse(
            1, 1, N_("this workbook was not exported from here: “%(mark)s” is wanted"), mark=MARK
        )
        return ""
    text = "\n".join(lines[FIRST_LINE - 1 :]).rstrip("\n") + "\n"
    loaded = load(text.encode("utf-8", "replace"), file="")
    if not isinstance(loaded, Standard) or loaded.sha256 != lines[2].strip():
        mistakes.refuse(
            FIRST_LINE, 1, N_("this sheet may not be edited and has changed; export once more")
        )
        return ""
    return text


def _edited(
    base: Standard,
    root: MapNode,
    found: dict[str, list[list[Cell]]],
    mistakes: Mistakes,
    file: str,
) -> Standard | None:
    grids = [
        Grid(sheet, number, found[sheet.name], mistakes)
        for number, sheet in enumerate(sheets_of(base), start=1)
    ]
    if mistakes:
        return None  # without its columns every row would be reported
    _Edit(base, root, mistakes).apply(*grids)
    read = read_tree(_below(root), file=file, issues=[])
    if isinstance(read, Standard):
        return read
    for issue in read:
        _report(issue, grids, mistakes)
    return None


def _below(root: MapNode) -> MapNode:
    """The tree with the lines of the carried file as the rows in which they stand."""

    def moved(line: int) -> int:
        return line + FIRST_LINE - 1 if line < SHEET_LINES else line

    def copy(node: Node) -> Node:
        place = moved(node.line), node.col if node.line >= SHEET_LINES else 1
        if isinstance(node, TextNode):
            return TextNode(node.value, node.plain, *place)
        if isinstance(node, ListNode):
            return ListNode([copy(item) for item in node.items], *place)
        return copy_map(node) if isinstance(node, MapNode) else node

    def copy_map(node: MapNode) -> MapNode:
        place = moved(node.line), node.col if node.line >= SHEET_LINES else 1
        made = MapNode({}, *place)
        for key, entry in node.entries.items():
            put(made, key, copy(entry.node))
        return made

    return copy_map(root)


def _report(issue: Issue, grids: list[Grid], mistakes: Mistakes) -> None:
    """An error of the strict reading, at the cell whose value it is."""
    line, col = issue.line, issue.col
    text, values = issue.message.text, dict(issue.message.values)
    earlier = values.get("earlier")
    if isinstance(earlier, int):
        text = N_("“%(value)s” is already given in row %(earlier)s")
        values["earlier"] = earlier % SHEET_LINES
    elif values.keys() == {"key"} and line >= SHEET_LINES:
        # A key that is missing is a blank cell of the row.
        places = grids[line // SHEET_LINES - 1].places
        col = places.get(str(values["key"]), col)
    mistakes.refuse(line, col, text, **values)


class _Edit:
    """Lays the rows of the sheets on the tree of the carried file."""

    def __init__(self, base: Standard, root: MapNode, mistakes: Mistakes) -> None:
        self._base = base
        self._root = root
        self._mistakes = mistakes
        self._criteria: dict[str, EditedRow] = {}
        self._elements: dict[str, EditedRow] = {}
        self._evidence: dict[str, list[EditedRow]] = {}

    def apply(self, elements: Grid, evidence: Grid, criteria: Grid, texts: Grid) -> None:
        self._meet_criteria(criteria)
        self._meet_elements(elements)
        self._meet_evidence(evidence)
        put(self._root, "criteria", self._groups(self._root.entries["criteria"].node))
        self._texts(texts)

    # Criteria and other texts: the same rows come back, only their cells change.

    def _fixed(self, grid: Grid, key: str, unknown: str) -> list[EditedRow]:
        known = {row.key: row for row in grid.sheet.rows}
        met: dict[str, EditedRow] = {}
        for row in grid.rows:
            name = row.text(key)
            if name in met:
                self._twice(row, key, met[name])
            elif name not in known:
                row.refuse(key, unknown, value=shown(name) or "–")
            else:
                met[name] = row
                grid.meet(row, known[name])
        for name in known:
            if name not in met:
                text = N_("the row of “%(value)s” is missing")
                self._mistakes.refuse(grid.line(0), 1, text, value=name)
        return list(met.values())

    def _twice(self, row: EditedRow, key: str, earlier: EditedRow) -> None:
        row.refuse(
            key,
            N_("“%(value)s” is already given in row %(earlier)s"),
            value=row.text(key),
            earlier=earlier.number,
        )

    def _meet_criteria(self, grid: Grid) -> None:
        unknown = N_("there is no criterion “%(value)s”; new ones are written in the YAML file")
        self._criteria = {row.text("code"): row for row in self._fixed(grid, "code", unknown)}

    def _texts(self, grid: Grid) -> None:
        unknown = N_("there is no text “%(value)s” in this standard")
        for row in self._fixed(grid, "path", unknown):
            place: Node = self._root
            for name in row.text("path").split("."):
                place = _step(place, name)
            if isinstance(place, MapNode):
                for language in LANGUAGES:
                    put(place, language, row.node(f"text.{language}"))

    # Elements and their evidence: rows may go and come.

    def _meet_elements(self, grid: Grid) -> None:
        known = {row.key: row for row in grid.sheet.rows}
        owners = {group.code for group in self._base.groups if not group.groups}
        for row in grid.rows:
            code = row.text("code")
            if not code:
                row.refuse("code", N_("the code is missing"))
            elif code in self._elements:
                self._twice(row, "code", self._elements[code])
            elif code not in known and code.rpartition(".")[0] not in owners:
                text = N_("“%(value)s” does not stand under a criterion that has elements")
                row.refuse("code", text, value=shown(code))
            else:
                self._elements[code] = row
                grid.meet(row, known.get(code))

    def _meet_evidence(self, grid: Grid) -> None:
        known = {row.key: row for row in grid.sheet.rows}
        removed = {element.code for element in self._base.elements} - self._elements.keys()
        for row in grid.rows:
            code = row.text("element")
            was = known.pop(f"{code}#{row.text('number')}", None)
            grid.meet(row, was)
            if code in self._elements:
                self._evidence.setdefault(code, []).append(row)
            elif code not in removed:
                text = N_("there is no element “%(value)s” in the sheet of elements")
                row.refuse("element", text, value=shown(code) or "–")

    # The tree, made anew with the places of its cells.

    def _groups(self, nodes: Node) -> Node:
        if not isinstance(nodes, ListNode):
            return nodes
        return ListNode([self._group(node) for node in nodes.items], nodes.line, nodes.col)

    def _group(self, was: Node) -> Node:
        row = self._criteria.get(_said(was, "code"))
        if row is None or not isinstance(was, MapNode):
            return was  # its row is missing, which is reported
        node = MapNode({}, row.line, row.col("code"))
        put(node, "code", row.node("code"))
        put(node, "title", _pair(row, "title"))
        put(node, "intent", _pair(row, "intent", optional=True))
        put(node, "sources", _words(row, "sources"))
        _put_weight(node, row)
        put(node, "na", _optional(row, "na"))
        _keep(node, was, "na_policy")
        if "criteria" in was.entries:
            put(node, "criteria", self._groups(was.entries["criteria"].node))
        else:
            elements: list[Node] = [
                self._element(self._elements[code], old)
                for code, old in self._codes_below(row.text("code"), was)
            ]
            put(node, "elements", ListNode(elements, row.line, row.col("code")))
        return node

    def _codes_below(self, parent: str, was: MapNode) -> list[tuple[str, Node | None]]:
        """The elements of a criterion in the order of its file, new ones where their code says.

        In a file that follows another order they stand at the end.
        """
        listed = was.entries["elements"].node
        old = {_said(one, "code"): one for one in getattr(listed, "items", ())}
        codes = [code for code in old if code in self._elements]
        new = [
            code for code in self._elements if code not in old and code.rpartition(".")[0] == parent
        ]
        if codes == sorted(codes, key=_order):
            codes = sorted([*codes, *new], key=_order)
        else:
            codes += sorted(new, key=_order)
        return [(code, old.get(code)) for code in codes]

    def _element(self, row: EditedRow, was: Node | None) -> MapNode:
        node = MapNode({}, row.line, row.col("code"))
        put(node, "code", row.node("code"))
        put(node, "title", _pair(row, "title"))
        put(node, "statement", _pair(row, "statement"))
        put(node, "why", _pair(row, "why", optional=True))
        put(node, "scale", self._scale(row))
        put(node, "attributes", _optional(row, "attributes"))
        put(node, "levels", self._levels(row))
        put(node, "evidence", self._evidence_of(row))
        put(node, "kpis", _words(row, "kpis"))
        put(node, "effort", _number(row, "effort"))
        put(node, "required", _optional(row, "required"))
        _put_weight(node, row)
        put(node, "na", _optional(row, "na"))
        put(node, "sources", _words(row, "sources"))
        _keep(node, was, "measured")
        _keep(node, was, "na_policy")
        return node

    def _scale(self, row: EditedRow) -> TextNode | None:
        first = self._base.scale.id
        return None if row.text("scale") in ("", first) else row.node("scale")

    def _levels(self, row: EditedRow) -> MapNode | None:
        """One text for each level of the row's scale; none where the scale speaks for it."""
        chosen = row.text("scale") or self._base.scale.id
        element = self._base.find_element(row.text("code"))
        is_measured = element is not None and element.measured is not None
        found: MapNode | None = None
        for scale in self._base.scales:
            if not has_texts(scale):
                continue
            keys = [level_key(scale.id, level) for level in scale.level_ids]
            filled = [
                f"{key}.{one}" for key in keys for one in LANGUAGES if row.text(f"{key}.{one}")
            ]
            is_wanted = scale.has_own_descriptors and not is_measured
            if scale.id == chosen and (filled or is_wanted):
                found = MapNode({}, row.line, row.col(f"{keys[0]}.en"))
                for level, key in zip(scale.level_ids, keys, strict=True):
                    put(found, level, _pair(row, key))
            elif scale.id != chosen and row.was is None:
                for key in filled:
                    text = N_("this level is of another scale than the element's")
                    row.refuse(key, text)
        return found

    def _evidence_of(self, row: EditedRow) -> ListNode | None:
        rows = self._evidence.get(row.text("code"), [])
        rows = sorted(rows, key=lambda one: _place(one.text("number")))
        items: list[Node] = []
        for one in rows:
            item = MapNode({}, one.line, one.col("element"))
            put(item, "kind", one.node("kind"))
            put(item, "minimum", one.number_node("minimum"))
            put(item, "max_age_months", one.number_node("max_age_months"))
            put(item, "text", _pair(one, "text"))
            items.append(item)
        return ListNode(items, row.line, 1) if items else None


def _said(node: Node, key: str) -> str:
    entry = node.entries.get(key) if isinstance(node, MapNode) else None
    return entry.node.value if entry and isinstance(entry.node, TextNode) else ""


def _keep(node: MapNode, was: Node | None, key: str) -> None:
    """Carry over what has no cell."""
    if isinstance(was, MapNode) and key in was.entries:
        put(node, key, was.entries[key].node)


def _step(node: Node, name: str) -> Node:
    if isinstance(node, MapNode):
        return node.entries[name].node
    items = node.items if isinstance(node, ListNode) else []
    return next(item for item in items if isinstance(item, MapNode) and _said(item, "id") == name)


def _pair(row: EditedRow, key: str, *, optional: bool = False) -> MapNode | None:
    if optional and not any(row.text(f"{key}.{one}") for one in LANGUAGES):
        return None
    pair = MapNode({}, row.line, row.col(f"{key}.en"))
    for language in LANGUAGES:
        put(pair, language, row.node(f"{key}.{language}"))
    return pair


def _optional(row: EditedRow, key: str) -> TextNode | None:
    return row.node(key) if row.text(key) else None


def _number(row: EditedRow, key: str) -> TextNode | None:
    return row.number_node(key) if row.text(key) else None


def _words(row: EditedRow, key: str) -> ListNode | None:
    found = row.words_node(key)
    return found if found.items else None


def _put_weight(node: MapNode, row: EditedRow) -> None:
    put(node, "points", _number(row, "points"))
    low, high = _number(row, "weight.min"), _number(row, "weight.max")
    if low is None and high is None:
        put(node, "weight", _number(row, "weight"))
        return
    bounds = MapNode({}, row.line, row.col("weight"))
    put(bounds, "default", row.number_node("weight"))
    put(bounds, "min", row.number_node("weight.min"))
    put(bounds, "max", row.number_node("weight.max"))
    put(node, "weight", bounds)


def _place(text: str) -> int:
    number = as_number(text)
    return 1_000_000_000 if number is None else int(number)


def _order(code: str) -> list[tuple[int, int, str]]:
    """Codes as people count: 1.2 before 1.10, numbers before letters."""
    return [
        (0, int(part), "") if re.fullmatch("[0-9]+", part) else (1, 0, part)
        for part in code.split(".")
    ]
