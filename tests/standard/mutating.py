"""Files of standards with bytes and words changed at random, and what the loader must do then."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from accredit.standard.domain import OVERALL, Combine, Element, Standard
from accredit.standard.examples import Score
from accredit.standard.file.canonical import from_canonical
from accredit.standard.file.loader import load
from accredit.standard.scoring.engine import evaluate
from accredit.text import RuleError
from tests.standard.small import DATA

SHIPPED = sorted((Path(__file__).parents[2] / "criteria").glob("*.yaml"))
SMALL = sorted(DATA.glob("*.yaml"))
MOST_SECONDS = 1.0
_BYTES = (b"\0", b"\xff", b"\n", b"\t", b"#", b'"', b"'", b"[", b"{", b"}", b"]", b": ", b"- ")
_WORDS = (
    *(b"*a", b"&a ", b"!x ", b"---\n", b"%YAML 1.1\n", b"<<: ", b"? ", b"null", b"~", b"true"),
    *(b"0", b"-1", b"1e9", b".nan", b"999999999", b"0.000001", b"100", b"1001", "١".encode()),
    *(b"all", b"total", b"each_criterion", b"required", b"overall", b"none", b"levels"),
    *(b"points", b"weight", b"percent", b"warn", b"cap_to", b"node", b"not_applicable"),
    *(b"result_from", b"agreed", b"self"),
    *(b"kind: ladder", b"kind: blend", b"kind: cap", b"na: allowed", b"\xe2\x80\xae"),
)


@dataclass(frozen=True)
class Tried:
    """What became of one mutated file: whether it was read, how long it took, what is wrong."""

    is_sound: bool
    seconds: float
    complaints: list[str]


def sources(paths: list[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def mutated(chance: Random, source: bytes) -> bytes:
    """One to four changes: bytes, words, lines doubled, lost or moved, figures changed."""
    content = source
    for _ in range(chance.choice([1, 1, 1, 2, 3, 4])):
        content = chance.choice(_CHANGES)(chance, content)
    return content


def _byte(chance: Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def _sign(chance: Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(_BYTES) + content[at + chance.randint(0, 3) :]


def _cut(chance: Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + content[at + chance.randint(1, 60) :]


def _word(chance: Random, content: bytes) -> bytes:
    """A whole word, found by the spaces around it, for another."""
    at = chance.randrange(len(content) + 1)
    start = content.rfind(b" ", 0, at) + 1
    ends = [content.find(sign, start) for sign in (b" ", b",", b"}", b"\n")]
    end = min((at for at in ends if at >= start), default=len(content))
    return content[:start] + chance.choice(_WORDS) + content[end:]


def _figure(chance: Random, content: bytes) -> bytes:
    places = [at for at in range(len(content)) if content[at : at + 1].isdigit()]
    if not places:
        return content
    at = chance.choice(places)
    return content[:at] + str(chance.randrange(10)).encode() + content[at + 1 :]


def _line(chance: Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    what = chance.choice(["double", "lose", "swap", "move"])
    if what == "double":
        lines.insert(at, lines[at])
    elif what == "lose":
        del lines[at]
    elif what == "swap":
        lines[at], lines[to] = lines[to], lines[at]
    else:
        lines.insert(to, lines.pop(at))
    return b"\n".join(lines)


_CHANGES = (_byte, _sign, _cut, _word, _word, _figure, _figure, _line)


def attempt(content: bytes) -> Tried:
    """Read it; a standard must be one all through: scored, written and read again."""
    complaints = []
    started = time.process_time()
    try:
        found = load(content, file="f")
    except Exception as error:  # the point of the test: nothing may get out
        return Tried(False, time.process_time() - started, [f"raised {error!r}"])
    seconds = time.process_time() - started
    if seconds > MOST_SECONDS:
        complaints.append(f"took {seconds:.1f} s")
    if isinstance(found, Standard):
        complaints += _used(found)
    elif not found:
        complaints.append("neither a standard nor an issue")
    else:
        complaints += [f"no place: {issue}" for issue in found if issue.line < 1 or issue.col < 1]
    return Tried(isinstance(found, Standard), seconds, complaints)


def _used(standard: Standard) -> list[str]:
    complaints = []
    try:
        if from_canonical(standard.canonical) != standard:
            complaints.append("does not come back from its canonical text")
        for place in (0, -1):
            evaluate(standard, full_scores(standard, place))
        evaluate(standard, {})
    except Exception as error:  # see above
        name = "refused" if isinstance(error, RuleError) else "raised"
        complaints.append(f"{name} when used: {error!r}")
    return complaints


def full_scores(standard: Standard, place: int) -> dict[str, Score]:
    """Every element at the level of this place; a holistic judgement at the same."""
    return {one.code: _score(standard, one, place) for one in standard.judged_elements}


def _score(standard: Standard, element: Element, place: int) -> Score:
    level = standard.scale_of(element).level_ids[place]
    attributes = standard.attributes_of(element)
    if attributes is None:
        return level
    score = dict.fromkeys(attributes.ids, level)
    return score | ({OVERALL: level} if attributes.combine is Combine.HOLISTIC else {})
