"""What every address answers to every kind of person: reads `policy.txt`, the reviewed table.

Read a line as: address, then one mark for each kind of person about a thing of the own
organisation, then the same about a thing of another. The columns are, in groups,

    anonymous disabled half-signed-in · nobody · contributor leader neighbour ·
    assessor unassigned tied moderator decision-maker · manager observer · administrator

and the marks

    +  answered           ~  answered, but what was sent is not taken (409, 422, 429)
    -  the right is missing (403)
    .  not there for them (404)
    >  sent to the sign-in

Addresses without a thing in them answer about both sides alike; "another" then means that the
other organisation is asked for by filter or form, and what is shown must hold nothing of it.
A change of this table is a change of who may do what: whoever reviews it reads it as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.rights.kinds import Kind


@dataclass(frozen=True)
class Row:
    """The marks of one address by kind of person."""

    own: dict[Kind, str]
    other: dict[Kind, str]


TABLE = Path(__file__).with_name("policy.txt").read_text()


def _read(line: str) -> tuple[str, Row]:
    address, _, marks = line.partition("  ")
    own, _, other = marks.partition("|")
    return address.strip(), Row(_marks(own), _marks(other))


def _marks(text: str) -> dict[Kind, str]:
    return dict(zip(Kind, "".join(text.split()), strict=True))


ROWS: dict[str, Row] = dict(_read(line) for line in TABLE.strip().splitlines())
