"""Every form that is refused says why at its top, and each of its errors leads to a field."""

from __future__ import annotations

from lxml import html

from tests.rights.bodies import body_of
from tests.rights.kinds import STRANGERS
from tests.rights.policy import ROWS
from tests.rights.walking import OPENS, REFUSED, addresses, send, stage_of

#: What no form takes, in every field of it.
NONSENSE = "\N{REPLACEMENT CHARACTER}"


def test_every_error_of_every_form_leads_to_its_field(rights):
    wrong, refused = [], set()
    for address in addresses(rights.world.app):
        marks = ROWS[address.key].own
        kind = next((one for one, mark in marks.items() if mark in (OPENS, REFUSED)), None)
        if address.method == "GET" or kind is None or kind in STRANGERS:
            continue
        fields = body_of(address.endpoint, rights.own)
        for body in ({}, dict.fromkeys(fields, NONSENSE)):
            outcome = send(rights, address, kind, rights.own, stage_of(address.endpoint), body)
            if outcome.written:
                rights.renew()
            if outcome.status != 422:
                continue
            page = html.fromstring(outcome.body.decode())
            targets = page.xpath("//*[contains(@class, 'error-summary')]//a/@href")
            there = {f"#{one}" for one in page.xpath("//@id")}
            wrong += [f"{address.key}: {one}" for one in targets if one not in there]
            refused |= {address.key for _ in targets}
    assert not wrong, "\n".join(wrong)
    assert len(refused) >= 20
