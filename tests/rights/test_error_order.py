"""Whatever stops a form is said in the order of its page, from the top to the bottom."""

from __future__ import annotations

from lxml import html

from tests.rights.bodies import body_of, stage_of
from tests.rights.kinds import Kind
from tests.rights.walking import addresses, send

#: Of each form that is sent with fields empty, everybody who may send it.
PEOPLE = (
    Kind.CONTRIBUTOR,
    Kind.LEADER,
    Kind.ASSESSOR,
    Kind.MANAGER,
    Kind.DECISION_MAKER,
    Kind.ADMINISTRATOR,
)


def out_of_order(body: bytes) -> tuple[int, list[str]]:
    """How many errors lead to a field, and where they lead if not from the top downwards."""
    tree = html.fromstring(body)
    targets = [link[1:] for link in tree.xpath("//*[@class='error-summary']//a/@href")]
    places = {id_: number for number, id_ in enumerate(tree.xpath("//@id"))}
    assert set(targets) <= set(places), f"an error leads nowhere: {targets}"
    order = [places[target] for target in targets]
    return len(targets), [] if order == sorted(order) else targets


def test_errors_are_told_from_the_top_of_the_page_to_its_bottom(rights):
    wrong, several = [], set()
    for address in addresses(rights.world.app):
        if address.method != "POST":
            continue
        full = body_of(address.endpoint, rights.own)
        for kind in PEOPLE:
            # Numbers that the page itself sends stay; what people write is empty.
            empty = {name: "" for name in full if name != "version"}
            stage = stage_of(address.endpoint)
            outcome = send(rights, address, kind, rights.own, stage, empty)
            if outcome.status == 422:
                count, targets = out_of_order(outcome.body)
                if count > 1:
                    several.add(address.endpoint)
                if targets:
                    wrong.append(f"{address.key}: {targets}")
            if outcome.written:
                rights.renew()
    assert len(several) >= 8, several
    assert not wrong, "\n".join(sorted(set(wrong)))
