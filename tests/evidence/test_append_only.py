"""What was submitted stays: no service, no page and no statement takes it back."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from accredit.database import db
from tests.evidence.conftest import download, pdf, sent

STATEMENTS = [
    "UPDATE evidence_version SET sha256 = '{0}'",
    "UPDATE evidence_version SET file_name = 'x.pdf'",
    "DELETE FROM evidence_version",
    "DELETE FROM evidence",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_to_unwrite_a_file(app, put, statement):
    put()
    with (
        app.app_context(),
        pytest.raises(DBAPIError, match="is refused"),
        db.engine.begin() as line,
    ):
        line.execute(text(statement.format("0" * 64)))


def test_no_address_deletes_evidence(app):
    rules = [rule for rule in app.url_map.iter_rules() if "evidence" in rule.rule]
    assert rules
    assert not [rule for rule in rules if "DELETE" in (rule.methods or ())]
    assert not [rule for rule in rules if "delete" in rule.rule]


def test_a_newer_file_leaves_the_older_one_with_its_hash_and_bytes(browse, cast, put):
    number = put(content=pdf(1))
    for version in range(2, 6):
        browse(cast.contributor).post(
            f"/evidence/{number}/versions", {"files": sent("next.pdf", pdf(version))}
        )
    for version in range(1, 6):
        answer = download(browse(cast.leader), f"/evidence/{number}/versions/{version}/file")
        assert answer.body == pdf(version)


def test_withdrawing_leaves_record_hash_and_reason(browse, cast, put, events):
    number = put(content=pdf(1))
    browse(cast.leader).post(f"/evidence/{number}/withdraw", {"reason": "the wrong month"})
    page = browse(cast.leader).get(f"/evidence/{number}")
    assert "the wrong month" in page.text
    assert "SHA-256" in page.text
    ((subject, by, details),) = events("evidence.withdrawn")
    assert (subject, by, details["reason"]) == (str(number), cast.leader.id, "the wrong month")
