"""Every address that makes a file, or takes one, has its limit."""

from __future__ import annotations

import re

from accredit.limits import CHECKS, LIMITS, UPLOADS
from tests.rights.walking import addresses

#: Files that are kept as they are and only handed out.
KEPT = {"assessment.evidence_file", "evidence.file", "standard.draft_file"}
_FILE = re.compile(r"\.(pdf|xlsx|csv|jsonl|zip|ttf)$|/file(/|$)|<ending>$")
#: The forms that take a file, each by what its page is called.
TAKING = {
    "certificate.check_file",
    "evidence.add_version",
    "evidence.new",
    "kpi.upload",
    "standard.new",
    "standard.replace",
}


def test_every_address_that_makes_a_file_has_a_limit(app):
    making = {
        address.endpoint
        for address in addresses(app)
        if address.method == "GET" and _FILE.search(address.rule.rule)
    }
    assert len(making) >= 15
    assert making - set(LIMITS) == KEPT


def test_every_form_that_takes_a_file_has_a_limit():
    assert {name for name, limit in LIMITS.items() if limit in (UPLOADS, CHECKS)} >= TAKING
