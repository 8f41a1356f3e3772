"""The server and all its workers killed: a few times in each run, a thousand by `kills`."""

from __future__ import annotations

import pytest

from tests.faults import invariants
from tests.faults.kills import run
from tests.faults.ledger import Deed
from tests.faults.points import POINTS
from tests.programme import record

POINT = "a certificate: two sheets stored"


@pytest.mark.block("M", "01 kill -9 during writes")
def test_a_killed_server_has_lost_nothing_and_left_nothing_half_done(tmp_path):
    tally = run(tmp_path, 3, seed=20_260_105, points=[POINT])
    print(tally)
    assert tally.faults == []
    assert (tally.run, tally.good) == (3, 3)
    assert sum(tally.unanswered.values()) > 0, "nobody was at work"


@pytest.mark.parametrize("name", sorted(POINTS))
def test_a_deed_that_was_cut_off_at_a_point_is_whole_or_absent(
    instance, work, ledger, tmp_path, name
):
    from tests.faults.failing import ask

    deed, request = work.next(POINTS[name].kind)
    cookie = instance.cookie(getattr(instance.cast, request.who))
    instance.close()
    ledger.tried(deed)
    asked = ask(instance.environ, cookie, request, name=name, armed=tmp_path / "armed")
    assert (asked.answer, asked.status) == (None, -9), "nobody was killed at the point"
    assert invariants.all_of(instance, [deed], []) == []
    # What was cut off can be done again, or is there already.
    again = ask(instance.environ, cookie, request, name=None, armed=tmp_path / "armed")
    assert again.answer is not None
    kept = not again.answer.is_good
    if "kept, " in name and deed.kind in ("certificate", "person"):
        assert kept, "it was kept, so it cannot be done a second time"
    elif deed.kind in ("certificate", "person"):
        assert not kept, (again.answer.status, again.answer.text[:500])
    if not (deed.kind == "file" and "kept, " in name):
        assert invariants.all_of(instance, [deed], [deed]) == []
    for case in ("03 kill -9 around the name of a file", "04 kill -9 during the issue"):
        if (deed.kind == "file") == case.startswith("03") and deed.kind in ("file", "certificate"):
            record("M", case)


def test_what_is_not_there_would_be_noticed(instance):
    lost = [
        Deed("file", "0" * 64, {}),
        Deed("person", "nobody@example.org", {}),
        Deed("score", "Nobody ever wrote this.", {"assessment": 1}),
        Deed("certificate", "1", {"assessment": 1}),
    ]
    found = invariants.all_of(instance, [], lost)
    assert [fault.split(":")[0] for fault in found] == ["I1 acknowledged and lost"] * 4


def test_what_is_half_done_would_be_noticed(instance, work, ledger):
    deed, _ = work.next("certificate")
    with instance.arranging() as session:
        from accredit.assessment.models import Assessment
        from accredit.audit import Subject
        from accredit.audit import record as tell

        found = session.get_one(Assessment, deed.about["assessment"])
        found.stage = "closed"
        tell(session, "robot.danced", Subject("robot", "1"), by=None, at=found.opened_at)
    assert [fault[:2] for fault in invariants.all_of(instance, [deed], [])] == ["I6"]
