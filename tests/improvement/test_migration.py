"""Moving between the release before verification and this one with actions in the database."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from accredit.app import create_app
from accredit.database import db, writing
from accredit.improvement.domain import ActionStatus
from accredit.improvement.models import ImprovementAction
from accredit.improvement.verification import Outcome
from accredit.setup import _connect_migrations
from accredit.trail import checking
from tests.conftest import make_settings
from tests.improvement.making import promise
from tests.improvement.test_verification import report, say


@pytest.fixture
def copied(world, tmp_path):
    """An installation of its own with the cast in it."""
    settings = make_settings(tmp_path, database_url=world.databases.copy(tmp_path))
    app = create_app(settings)
    with app.app_context():
        _connect_migrations(app)
    yield app
    with app.app_context():
        db.engine.dispose()


def move(app, revision, *, back=False):
    from flask_migrate import downgrade, upgrade

    with app.app_context(), writing():
        (downgrade if back else upgrade)(revision=revision)
        db.session.remove()
        db.engine.dispose()


def test_what_the_release_before_knew_of_an_action_that_is_done(copied, cast):
    """Who marked it done is told by the trail alone; what changed meanwhile is not undone."""
    with copied.app_context(), writing():
        session = db.session()
        action = promise(session, cast, owner_id=cast.contributor.id)
        report(session, action, ActionStatus.DONE, by=cast.leader.id)
        other = promise(session, cast, owner_id=cast.contributor.id)
        report(session, other, ActionStatus.DONE, by=cast.leader.id)
        say(session, other, Outcome.VERIFIED, by=cast.programme_manager.id)
        ids = action.id, other.id
        session.commit()
        db.session.remove()
        db.engine.dispose()
    move(copied, "0006", back=True)
    with copied.app_context(), db.engine.begin() as connection:
        connection.execute(
            text("DELETE FROM improvement_action_kept WHERE id = :id"), {"id": ids[0]}
        )
        again = "UPDATE improvement_action SET status = 'planned', version = version + 1"
        connection.execute(text(f"{again} WHERE id = :id"), {"id": ids[1]})
    with copied.app_context():
        db.engine.dispose()
    move(copied, "head")
    with copied.app_context():
        session = db.session()
        first, second = (session.get(ImprovementAction, one) for one in ids)
        assert (first.status, first.finished_by_id) == ("done", cast.leader.id)
        assert (second.status, second.finished_by_id, second.verified_by_id) == (
            "planned",
            None,
            None,
        )
        db.session.remove()


def test_the_release_before_and_back_with_actions_in_it(copied, cast):
    with copied.app_context(), writing():
        session = db.session()
        waits = promise(session, cast, owner_id=cast.contributor.id)
        report(session, waits, ActionStatus.DONE, by=cast.contributor.id)
        verified = promise(session, cast, owner_id=cast.contributor.id)
        report(session, verified, ActionStatus.DONE, by=cast.leader.id)
        say(session, verified, Outcome.VERIFIED, by=cast.programme_manager.id)
        planned = promise(session, cast)
        ids = waits.id, verified.id, planned.id
        session.commit()
        db.session.remove()
        db.engine.dispose()

    move(copied, "0006", back=True)
    with copied.app_context():
        columns = {
            column["name"] for column in inspect(db.engine).get_columns("improvement_action")
        }
        assert columns.isdisjoint({"finished_by_id", "verified_by_id", "verified_on"})
        with db.engine.connect() as connection:
            query = "SELECT status FROM improvement_action ORDER BY id"
            assert connection.execute(text(query)).scalars().all() == ["done", "done", "planned"]
        db.engine.dispose()

    move(copied, "head")
    with copied.app_context():
        session = db.session()
        found = [session.get(ImprovementAction, one) for one in ids]
        assert [action.status for action in found] == ["done", "verified", "planned"]
        assert [action.finished_by_id for action in found] == [
            cast.contributor.id,
            cast.leader.id,
            None,
        ]
        manager = cast.programme_manager.id
        assert [action.verified_by_id for action in found] == [None, manager, None]
        assert found[1].verified_note == "Looked at twenty cases."
        assert "improvement_action_kept" not in inspect(db.engine).get_table_names()
        db.session.remove()
        report_of = checking.check_all(db.engine, copied.config["SETTINGS"], files=False)
        assert [(item.table, item.kind) for item in report_of.findings] == []
