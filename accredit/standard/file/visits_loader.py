"""Reading the visits between two full assessments."""

from __future__ import annotations

from accredit.standard.domain import Criterion, Visit
from accredit.standard.file.names import MAX_TITLE, WORD, Names
from accredit.standard.file.reading import Field, Unique
from accredit.text import N_


def read_visits(field: Field, names: Names, criteria: tuple[Criterion, ...]) -> tuple[Visit, ...]:
    """The visits of a programme, in the order in which they are paid."""
    codes = [node.code for top in criteria for node in top.walk()]
    known = codes if codes and all(codes) else None
    ids = Unique()
    found = []
    for item in field.items(at_least=1):
        fields = item.fields(("id", "name"), ("nodes", "levels"))
        visit_id = fields["id"].word(WORD)
        ids.take(fields["id"], visit_id)
        visit = Visit(
            visit_id,
            fields["name"].bilingual(max_length=MAX_TITLE),
            fields["nodes"].choices(known) if "nodes" in fields else (),
            fields["levels"].choices(names.levels) if "levels" in fields else (),
        )
        if not visit.nodes and not visit.levels and not item.is_refused:
            item.refuse(N_("a visit needs “nodes”, “levels” or both"))
        found.append(visit)
    return tuple(found)
