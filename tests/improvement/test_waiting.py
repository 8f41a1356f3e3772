"""What of a plan waits for a person, for their first page."""

from __future__ import annotations

from accredit.identity.service import load_access
from accredit.improvement import service
from accredit.improvement.domain import ActionStatus
from accredit.improvement.work import open_actions_for
from tests.improvement.making import FUTURE, NOW, PAST, TODAY, promise


def told(tasks) -> list[str]:
    return [str(task.message) for task in tasks]


def test_an_owner_is_told_each_open_action_by_due_date(cast, arrange):
    with arrange() as session:
        mine = cast.contributor.id
        promise(session, cast, title="Second", owner_id=mine, due_on=FUTURE)
        promise(session, cast, title="First", owner_id=mine, due_on=PAST)
        over = promise(session, cast, title="Over", owner_id=mine)
        promise(session, cast, title="Somebody else's", owner_id=cast.leader.id)
        service.change_status(
            session,
            over,
            ActionStatus.DONE,
            note="",
            version=1,
            by=mine,
            at=NOW,
            today=TODAY,
        )
        tasks = open_actions_for(session, load_access(session, mine), today=TODAY)
    assert told(tasks) == ["Improvement action: First", "Improvement action: Second"]
    assert [task.due_on for task in tasks] == [PAST, FUTURE]
    assert tasks[0].endpoint == "improvement.show"


def test_a_leader_is_told_what_is_overdue_and_what_nobody_owns(cast, arrange):
    with arrange() as session:
        promise(session, cast, due_on=PAST, owner_id=cast.contributor.id)
        promise(session, cast, due_on=PAST)
        promise(session, cast)
        tasks = open_actions_for(session, load_access(session, cast.leader.id), today=TODAY)
    assert told(tasks) == [
        "Overdue improvement actions in Licensing: 2",
        "Improvement actions without an owner in Licensing: 2",
    ]
    assert tasks[0].values == {"department": cast.licensing, "overdue": 1}


def test_readers_and_strangers_are_told_nothing(cast, arrange):
    with arrange() as session:
        promise(session, cast, due_on=PAST)
        for actor in (cast.observer, cast.programme_manager, cast.stranger_leader, cast.nobody):
            access = load_access(session, actor.id)
            assert open_actions_for(session, access, today=TODAY) == []
