"""The server and all its workers killed: a few times in each run, a thousand by `kills`."""

from __future__ import annotations

import pytest

from accredit.assessment.models import Assessment
from accredit.audit import Subject
from accredit.audit import record as record_event
from tests.faults import invariants
from tests.faults.failing import ask
from tests.faults.kills import run
from tests.faults.ledger import Deed
from tests.faults.points import POINTS
from tests.programme import record

#: Those of them that every run takes; `tests.faults.kills` takes all, with a real server.
AT = [
    "a score: written, not kept",
    "a file: on the disk, without its name",
    "a file: under its name, no row",
    "a file: kept, not answered",
    "a certificate: number drawn",
    "a certificate: one sheet drawn",
    "a certificate: two sheets stored",
    "a certificate: written, not kept",
    "a certificate: kept, no head signed",
]
CASES = {
    "file": "03 kill -9 around the name of a file",
    "certificate": "04 kill -9 during the issue of a certificate",
}


@pytest.mark.block("M", "01 kill -9 during writes")
def test_a_killed_server_has_lost_nothing_and_left_nothing_half_done(tmp_path):
    tally = run(tmp_path, 2, seed=20_260_105, points=["a certificate: all sheets stored"])
    print(tally)
    assert tally.faults == []
    assert (tally.run, tally.good) == (2, 2)
    assert sum(tally.unanswered.values()) > 0, "nobody was at work"


@pytest.mark.parametrize("name", AT)
def test_a_deed_that_was_cut_off_at_a_point_is_whole_or_absent(instance, work, tmp_path, name):
    point = POINTS[name]
    deed, request = work.next(point.kind)
    cookie = instance.cookie(getattr(instance.cast, request.who))
    # From here on nobody has the database open but the process that is killed.
    instance.close()
    asked = ask(instance.environ, cookie, request, name=name, armed=tmp_path / "armed")
    assert (asked.answer, asked.status) == (None, -9), "nobody was killed at the point"
    assert invariants.all_of(instance, [deed], []) == []
    assert all(invariants.parts_of(instance, deed).values()) == point.is_kept
    if not point.is_kept:
        again = ask(instance.environ, cookie, request, name=None, armed=tmp_path / "armed")
        assert again.answer is not None
        assert again.answer.is_good, again.answer.status
        assert invariants.all_of(instance, [deed], [deed]) == []
    if point.kind in CASES:
        record("M", CASES[point.kind])


def test_what_is_not_there_would_be_noticed(instance):
    lost = [
        Deed("file", "0" * 64, {}),
        Deed("person", "nobody@example.org", {}),
        Deed("score", "Nobody ever wrote this.", {"assessment": 1}),
        Deed("certificate", "1", {"assessment": 1}),
    ]
    found = invariants.all_of(instance, [], lost)
    assert [fault.split(":")[0] for fault in found] == ["I1 acknowledged and lost"] * 4


def test_what_is_half_done_would_be_noticed(instance, work):
    deed, _ = work.next("certificate")
    with instance.arranging() as session:
        found = session.get_one(Assessment, deed.about["assessment"])
        found.stage = "closed"
        record_event(session, "robot.danced", Subject("robot", "1"), by=None, at=found.opened_at)
    assert [fault[:2] for fault in invariants.all_of(instance, [deed], [])] == ["I6"]
