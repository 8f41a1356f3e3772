"""What one version of a standard changes in another, by code: read by people, and by moving.

A code is the identity of a node, an id that of a rule, an award or a scale. What has the same
code and says something else is changed; what has the same words under another code has moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from types import MappingProxyType
from typing import cast

from accredit.standard.domain import Element, Node, Standard
from accredit.standard.file.document import as_document, texts
from accredit.standard.file.rule_document import measured_document
from accredit.standard.file.spelling import canonical_json
from accredit.standard.presenting import effect_words, scope_words
from accredit.standard.scoring.wording import where_words
from accredit.text import N_, Bilingual, Message


class Change(StrEnum):
    """In which way a part of a standard differs."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    REWORDED = "reworded"
    RELEVELLED = "relevelled"
    REWEIGHTED = "reweighted"
    EVIDENCE = "evidence"
    OTHER = "other"


CHANGE_NAMES = {
    Change.ADDED: N_("Added"),
    Change.REMOVED: N_("Removed"),
    Change.MOVED: N_("Moved"),
    Change.REWORDED: N_("Reworded"),
    Change.RELEVELLED: N_("Levels changed"),
    Change.REWEIGHTED: N_("Weight changed"),
    Change.EVIDENCE: N_("Evidence or KPIs changed"),
    Change.OTHER: N_("Settings changed"),
}


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text that differs; `label` says which (a marked message), `part` names one of several.

    `part` is the name of a level or of a kind of evidence, None where there is only one such
    text; one side is None where the text is new or gone.
    """

    label: str
    part: Bilingual | None
    before: Bilingual | None
    after: Bilingual | None


Said = str | Bilingual | Message


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A setting that differs, by its key in the file; a side is "" where it says nothing.

    A side is in words where there are any, and else as the file spells it.
    """

    key: str
    before: Said
    after: Said

    @property
    def label(self) -> str:
        """The name people have for the setting (a marked message), or "" where only its key."""
        return _KEY_NAMES.get(self.key.partition(".")[0], "")

    @property
    def part(self) -> str:
        """Of what consists of parts, which one differs, as the file would lead to it."""
        return self.key.partition(".")[2]


#: The id of a scale that is the only one; no author has written it.
ONLY_SCALE = "levels"

_KEY_NAMES = {
    "required": N_("Required level"),
    "weight": N_("Weight"),
    "points": N_("Points"),
    "scale": N_("Scale"),
    "pass_from": N_("Enough from"),
    "evidence_kinds": N_("Kinds of evidence"),
    "attributes": N_("Attributes"),
    "order": N_("Order of the parts"),
    "sources": N_("Sources"),
    "evidence": N_("Evidence expected"),
    "kpis": N_("KPIs"),
    "measured": N_("Measured figure"),
    "effort": N_("Effort of one level"),
    "na": N_("May it be left out?"),
    "na_policy": N_("What happens to its weight when it is left out"),
    "rounding": N_("Rounding"),
    "result_from": N_("Whose scores are the result"),
    "min": N_("At least"),
    "max": N_("At most"),
    "scope": N_("Looks at"),
    "where": N_("Counts elements"),
    "effect": N_("If it does not hold"),
    "valid_years": N_("Valid for (years)"),
    "rules": N_("Rules"),
    "value": N_("Value"),
    "flags": N_("Marks of the level"),
    "expect": N_("Expected"),
    "scores": N_("Scores"),
}


@dataclass(frozen=True, slots=True)
class PartDifference:
    """One node, rule, award or scale that differs, with its name before and after.

    `kinds` are in the order of `Change`; `came_from` is the code it had when it moved. `what`
    says what it is (a marked message) where a heading does not: a level, a set of attributes.
    """

    code: str
    before: Bilingual | None
    after: Bilingual | None
    kinds: tuple[Change, ...]
    texts: tuple[TextChange, ...] = ()
    values: tuple[ValueChange, ...] = ()
    came_from: str = ""
    what: str = ""

    @property
    def shown_code(self) -> str:
        """The code people know it by: of what a scale holds, which scale, if there are several."""
        if not self.what:
            return self.code
        owner = self.code.partition(".")[0]
        return "" if owner == ONLY_SCALE else owner

    @property
    def title(self) -> Bilingual:
        """What it is called now, or was."""
        return cast("Bilingual", self.after or self.before)


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs between two standards."""

    head: PartDifference | None
    groups: tuple[PartDifference, ...]
    elements: tuple[PartDifference, ...]
    scales: tuple[PartDifference, ...]
    rules: tuple[PartDifference, ...]
    awards: tuple[PartDifference, ...]
    examples: tuple[PartDifference, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not (self.head or any(parts for _, parts in self.sections()))

    def sections(self) -> tuple[tuple[str, tuple[PartDifference, ...]], ...]:
        """The parts under their headings (marked messages), in the order of reading."""
        return (
            (N_("Elements"), self.elements),
            (N_("Groups of elements"), self.groups),
            (N_("Scales and attributes"), self.scales),
            (N_("Rules"), self.rules),
            (N_("Award levels"), self.awards),
            (N_("Worked examples"), self.examples),
        )

    def counts(self) -> Mapping[Change, int]:
        """How many elements differ in each way."""
        return {
            change: sum(change in part.kinds for part in self.elements)
            for change in Change
            if any(change in part.kinds for part in self.elements)
        }


def compare(before: Standard, after: Standard) -> Difference:
    """What `after` changes in `before`."""
    old, new = as_document(before), as_document(after)
    groups, elements = _nodes(before, after)
    old_scales, new_scales = _scales(before), _scales(after)
    return Difference(
        head=_head(old, new, before, after),
        groups=groups,
        elements=elements,
        scales=_parts(old_scales, new_scales, _words_of_scale(before), _words_of_scale(after)),
        rules=_parts(
            _by_id(old["rules"]),
            _by_id(new["rules"]),
            _words_of_rule(before),
            _words_of_rule(after),
        ),
        awards=_parts(_by_id(old["awards"]), _by_id(new["awards"])),
        examples=_parts(
            _by_id(old.get("tests", [])),
            _by_id(new.get("tests", [])),
            _words_of_example(before),
            _words_of_example(after),
        ),
    )


def asks_the_same(code: str, before: Standard, after: Standard) -> bool:
    """Whether a score of this element, given by `before`, still answers what `after` asks.

    It does when the requirement, the levels with their descriptors, and the attributes are the
    same in both languages. Weight and required level do not touch what was judged.
    """
    old, new = before.find_element(code), after.find_element(code)
    if old is None or new is None:
        return False
    return _asked(old, before) == _asked(new, after)


def _asked(element: Element, standard: Standard) -> object:
    scale = standard.scale_of(element)
    return (
        element.statement,
        element.rubric.descriptors,
        scale.level_ids,
        scale.steps,
        element.measured is None,
        standard.attributes_of(element),
    )


# ---- nodes -----------------------------------------------------------------------------------


def _nodes(
    before: Standard, after: Standard
) -> tuple[tuple[PartDifference, ...], tuple[PartDifference, ...]]:
    """The groups and the elements that differ, in the order of `after`, what is gone last."""
    came_from = _moved(before, after)
    found: list[tuple[bool, PartDifference]] = []
    for code, node in after.nodes.items():
        earlier = before.nodes.get(code)
        if earlier is None or isinstance(earlier, Element) is not isinstance(node, Element):
            origin = came_from.get(code, "")
            kinds = (Change.MOVED,) if origin else (Change.ADDED,)
            part = PartDifference(code, None, node.title, kinds, came_from=origin)
            found.append((isinstance(node, Element), part))
        elif difference := _node_difference(earlier, node, before, after):
            found.append((isinstance(node, Element), difference))
    gone = set(came_from.values())
    for code, node in before.nodes.items():
        later = after.nodes.get(code)
        is_gone = later is None or isinstance(later, Element) is not isinstance(node, Element)
        if is_gone and code not in gone:
            part = PartDifference(code, node.title, None, (Change.REMOVED,))
            found.append((isinstance(node, Element), part))
    return (
        tuple(part for is_element, part in found if not is_element),
        tuple(part for is_element, part in found if is_element),
    )


def _moved(before: Standard, after: Standard) -> dict[str, str]:
    """New codes of elements whose words stood under a code that is gone; by new code the old."""
    homeless: dict[object, str] = {}
    for element in before.elements:
        if element.code not in after.nodes:
            homeless.setdefault((element.title, element.statement, element.rubric), element.code)
    found: dict[str, str] = {}
    for element in after.elements:
        if element.code not in before.nodes:
            origin = homeless.pop((element.title, element.statement, element.rubric), None)
            if origin is not None:
                found[element.code] = origin
    return found


_KIND_OF_KEY = {
    "required": Change.RELEVELLED,
    "scale": Change.RELEVELLED,
    "attributes": Change.RELEVELLED,
    "weight": Change.REWEIGHTED,
    "points": Change.REWEIGHTED,
    "kpis": Change.EVIDENCE,
    "measured": Change.EVIDENCE,
}


def _node_difference(
    before: Node, after: Node, old: Standard, new: Standard
) -> PartDifference | None:
    changes: list[tuple[Change, TextChange]] = [
        (Change.REWORDED, text) for text in _texts_of(before, after)
    ]
    if isinstance(before, Element) and isinstance(after, Element):
        changes += [(Change.RELEVELLED, text) for text in _descriptors(before, after, old, new)]
        changes += [(Change.EVIDENCE, text) for text in _evidence_texts(before, after, old, new)]
    values = _values(_settings(before, old), _settings(after, new))
    kinds = {kind for kind, _ in changes}
    kinds |= {_KIND_OF_KEY.get(value.key, _evidence_or_other(value.key)) for value in values}
    if not kinds:
        return None
    return PartDifference(
        before.code,
        before.title,
        after.title,
        tuple(change for change in Change if change in kinds),
        tuple(text for _, text in changes),
        values,
    )


def _evidence_or_other(key: str) -> Change:
    return Change.EVIDENCE if key.startswith("evidence") else Change.OTHER


def _texts_of(before: Node, after: Node) -> Iterator[TextChange]:
    pairs: list[tuple[str, Bilingual | None, Bilingual | None]] = [
        (N_("Title"), before.title, after.title)
    ]
    if isinstance(before, Element) and isinstance(after, Element):
        pairs += [
            (N_("Requirement"), before.statement, after.statement),
            (N_("Why it matters"), before.why, after.why),
        ]
    elif not isinstance(before, Element) and not isinstance(after, Element):
        pairs.append((N_("Intent"), before.intent, after.intent))
    for label, old, new in pairs:
        if old != new:
            yield TextChange(label, None, old, new)


def _descriptors(
    before: Element, after: Element, earlier: Standard, later: Standard
) -> Iterator[TextChange]:
    if not before.rubric.is_own and not after.rubric.is_own:
        return  # the meanings of the scale, told once with the scale
    old = {item.level: item.text for item in before.rubric.descriptors}
    new = {item.level: item.text for item in after.rubric.descriptors}
    for level in dict.fromkeys((*old, *new)):
        if old.get(level) != new.get(level):
            named = later.scale_of(after).find_level(level) or earlier.scale_of(before).level(level)
            yield TextChange(N_("Level"), named.name, old.get(level), new.get(level))


def _evidence_texts(
    before: Element, after: Element, earlier: Standard, later: Standard
) -> Iterator[TextChange]:
    """What is expected, item by item: those of one kind are paired in their order."""
    old, new = (
        {
            (item.kind, [one.kind for one in element.evidence[:place]].count(item.kind)): item.text
            for place, item in enumerate(element.evidence)
        }
        for element in (before, after)
    )
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            kind = later.find_evidence_kind(key[0]) or earlier.find_evidence_kind(key[0])
            name = kind.name if kind else None
            yield TextChange(N_("Evidence expected"), name, old.get(key), new.get(key))


def _settings(node: Node, standard: Standard) -> dict[str, object]:
    """What a node says that is no text of its own, by its key in the file."""
    weight: object = node.weight if isinstance(node, Element) else node.own_weight
    if node.weight_range is not None and weight is not None:
        weight = f"{weight} ({_said(node.weight_range.min)}–{_said(node.weight_range.max)})"
    data: dict[str, object] = {
        "weight": weight if node.points is None else None,
        "points": node.points,
        "na": node.na.value,
        "na_policy": (node.na_policy or standard.na_policy).value,
        "sources": list(node.sources),
    }
    if not isinstance(node, Element):
        return {**data, "order": [child.code for child in node.children]}
    evidence = [f"{item.kind} ≥ {item.minimum} ≤ {item.max_age_months}" for item in node.evidence]
    return {
        "required": standard.required_level(node.code).name if node.required else None,
        "scale": node.scale,
        "attributes": node.attributes,
        **data,
        "evidence": evidence,
        "kpis": list(node.kpis),
        "measured": None if node.measured is None else measured_document(node.measured),
        "effort": node.effort,
    }


# ---- everything else -------------------------------------------------------------------------

_TEXTS_OF_HEAD = {
    "title": N_("Title"),
    "description": N_("Description"),
    "modelled_on": N_("Modelled on"),
}
_SAID_ELSEWHERE = frozenset(
    {"format", "id", "version", "scale", "scales", "attribute_sets", "criteria"}
    | {"rules", "awards", "tests"}
)


def _head(
    old: Mapping[str, object], new: Mapping[str, object], before: Standard, after: Standard
) -> PartDifference | None:
    found = tuple(
        TextChange(label, None, _bilingual(old.get(key)), _bilingual(new.get(key)))
        for key, label in _TEXTS_OF_HEAD.items()
        if old.get(key) != new.get(key)
    )
    apart = _SAID_ELSEWHERE | set(_TEXTS_OF_HEAD)
    values = _values(
        {**_without(old, apart), **_head_settings(before)},
        {**_without(new, apart), **_head_settings(after)},
    )
    if not found and not values:
        return None
    kinds = ((Change.REWORDED,) if found else ()) + ((Change.OTHER,) if values else ())
    return PartDifference("", before.title, after.title, kinds, found, values)


def _head_settings(standard: Standard) -> dict[str, object]:
    """What a file may leave unsaid, and what its document says in another place."""
    return {
        "result_from": standard.result_from.value,
        "order": [one.code for one in standard.criteria],
    }


def _without(data: Mapping[str, object], keys: frozenset[str] | set[str]) -> dict[str, object]:
    return {key: value for key, value in data.items() if key not in keys}


def _by_id(parts: object) -> dict[str, Mapping[str, object]]:
    return {str(part["id"]): part for part in cast("Sequence[Mapping[str, object]]", parts)}


def _scales(standard: Standard) -> dict[str, Mapping[str, object]]:
    """The scales, their levels and ranges, and the sets of attributes, each by its id."""
    found: dict[str, Mapping[str, object]] = {}
    for scale in standard.scales:
        steps = scale.steps
        found[scale.id] = {
            _WHAT: N_("Scale"),
            "kind": scale.kind.value,
            "pass_from": scale.pass_from,
            "steps": steps and [steps.min, steps.max, steps.step],
        }
        for one in steps.ranges if steps else ():
            found[f"{scale.id}.{one.id}"] = {
                _WHAT: N_("Range"),
                "name": texts(one.name),
                "text": texts(one.meaning),
                "from": one.start,
                "to": one.end,
            }
        for level in () if steps else scale.levels:
            found[f"{scale.id}.{level.id}"] = {
                _WHAT: N_("Level"),
                "name": texts(level.name),
                "text": texts(level.meaning),
                "value": level.value if scale.is_numbered else None,
                "flags": [flag.value for flag in level.flags],
            }
    for group in standard.attribute_sets:
        found[group.id] = {
            _WHAT: N_("Set of attributes"),
            "combine": group.combine.value,
            "interval": group.interval.value,
            "margin": group.margin,
        }
        for attribute in group.attributes:
            names = {"name": texts(attribute.title), "text": texts(attribute.text)}
            found[f"{group.id}.{attribute.id}"] = {_WHAT: N_("Attribute"), **names}
    return found


#: What a part is, beside its settings; no key of a file has an asterisk.
_WHAT = "*what"

WordsOf = Callable[[str], Mapping[str, Said]]
"""The settings of the part with this id that have words, by their keys."""


def _words_of_scale(standard: Standard) -> WordsOf:
    named = {scale.id: scale for scale in standard.scales if scale.pass_from}

    def words(key: str) -> Mapping[str, Said]:
        scale = named.get(key)
        return {"pass_from": scale.level(scale.pass_from).name} if scale else {}

    return words


def _words_of_rule(standard: Standard) -> WordsOf:
    def words(key: str) -> Mapping[str, Said]:
        rule = standard.rule(key)
        found: dict[str, Said] = {"effect": effect_words(rule.effect, standard)}
        if scope := getattr(rule, "scope", None):
            found["scope"] = scope_words(scope, standard)
        if where := getattr(rule, "where", None):
            found["where"] = where_words(where, standard)
        return found

    return words


def _words_of_example(standard: Standard) -> WordsOf:
    examples = {example.id: example for example in standard.examples}

    def words(key: str) -> Mapping[str, Said]:
        found: dict[str, Said] = {}
        for code, score in examples[key].scores.items():
            element = standard.find_element(code)
            if element is not None and isinstance(score, str):
                found[f"scores.{code}"] = standard.scale_of(element).level(score).name
        if award := examples[key].expect.award:
            found["expect.award"] = standard.award(award).name
        return found

    return words


def _no_words(_key: str) -> Mapping[str, Said]:
    return {}


def _parts(
    before: Mapping[str, Mapping[str, object]],
    after: Mapping[str, Mapping[str, object]],
    words_before: WordsOf = _no_words,
    words_after: WordsOf = _no_words,
) -> tuple[PartDifference, ...]:
    """Parts known by their id: added, changed, and last those that are gone."""
    found: list[PartDifference] = []
    for key in dict.fromkeys((*after, *before)):
        old, new = before.get(key), after.get(key)
        what = str((new or old or {}).get(_WHAT, ""))
        if old is None or new is None:
            kind = Change.ADDED if old is None else Change.REMOVED
            name_before, name_after = _name(old), _name(new)
            found.append(PartDifference(key, name_before, name_after, (kind,), what=what))
        elif old != new:
            changed = tuple(
                TextChange(label, None, _bilingual(old.get(name)), _bilingual(new.get(name)))
                for name, label in (("name", N_("Name")), ("text", N_("Text")))
                if old.get(name) != new.get(name)
            )
            apart = {"name", "text", "id", _WHAT}
            values = _values(
                _without(old, apart), _without(new, apart), words_before(key), words_after(key)
            )
            kinds = ((Change.REWORDED,) if changed else ()) + ((Change.OTHER,) if values else ())
            names = (_name(old), _name(new))
            found.append(PartDifference(key, *names, kinds, changed, values, what=what))
    return tuple(found)


def _name(data: Mapping[str, object] | None) -> Bilingual | None:
    if data is None:
        return None
    found = _bilingual(data.get("name") or data.get("text"))
    return found or Bilingual("", "")


def _bilingual(value: object) -> Bilingual | None:
    if not isinstance(value, Mapping):
        return None
    return Bilingual(str(value["en"]), str(value["ar"]))


def _values(
    before: Mapping[str, object],
    after: Mapping[str, object],
    words_before: Mapping[str, Said] = MappingProxyType({}),
    words_after: Mapping[str, Said] = MappingProxyType({}),
) -> tuple[ValueChange, ...]:
    """The settings that differ, of what consists of parts only the parts that do.

    Compared is what the file says, not the words for it: a level that is only called
    differently changes no rule.
    """
    old, new = dict(_flat(before)), dict(_flat(after))
    return tuple(
        ValueChange(
            key,
            words_before[key] if key in words_before and key in old else _said(old.get(key)),
            words_after[key] if key in words_after and key in new else _said(new.get(key)),
        )
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
    )


#: What has words only as a whole, though the file builds it of parts.
_WHOLE = frozenset({"where", "effect"})


def _flat(data: Mapping[str, object], owner: str = "") -> Iterator[tuple[str, object]]:
    """Each setting by the way that leads to it: `rungs.gold.from`, and the order of such parts."""
    for key, value in data.items():
        place = f"{owner}{key}"
        if isinstance(value, Mapping) and place not in _WHOLE:
            yield from _flat(value, f"{place}.")
        elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            names = [
                str(one.get("id") or one.get("award") or number)
                for number, one in enumerate(value, start=1)
            ]
            yield place, names
            for name, one in zip(names, value, strict=True):
                yield from _flat(_without(one, {"id", "award"}), f"{place}.{name}.")
        else:
            yield place, value


def _said(value: object) -> Said:
    """A setting in one line, as the file would spell it, or its name where it has one."""
    if value is None or value == []:
        return ""
    if isinstance(value, Bilingual):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    text = canonical_json(value)
    return text[1:-1] if text.startswith('"') and text.endswith('"') else text


# ---- words -----------------------------------------------------------------------------------


class Wording(StrEnum):
    """Where some words stand: in both texts, only before, or only after."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Words:
    """Some words in a row, and where they stand."""

    kind: Wording
    text: str


def word_difference(before: str, after: str) -> tuple[Words, ...]:
    """Two texts as one: what stays, what goes and what comes, word by word."""
    old, new = before.split(), after.split()
    pieces: list[Words] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Words(Wording.SAME, " ".join(old[old_from:old_to])))
            continue
        if old_from < old_to:
            pieces.append(Words(Wording.REMOVED, " ".join(old[old_from:old_to])))
        if new_from < new_to:
            pieces.append(Words(Wording.ADDED, " ".join(new[new_from:new_to])))
    return tuple(pieces)
