"""Moving between releases with people, links and second factors in the database."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, select, text

from accredit import clock
from accredit.app import create_app
from accredit.database import db, writing
from accredit.identity import accounts, factors
from accredit.identity.accounts import Purpose
from accredit.identity.models import Person, SecondFactor, SignInLink
from accredit.setup import _connect_migrations
from tests.conftest import make_settings
from tests.people import PASSWORD


@pytest.fixture
def copied(world, tmp_path):
    """An installation of its own with the cast in it; `move(revision)` brings it there."""
    app = create_app(make_settings(tmp_path, database_url=world.databases.copy(tmp_path)))
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


def test_the_release_before_and_back_with_data_in_it(copied, cast):
    app = copied
    with app.app_context(), writing():
        session = db.session()
        for purpose in (Purpose.INVITATION, Purpose.RESET):
            person = session.get(Person, cast.nobody.id if purpose == "reset" else cast.leader.id)
            accounts.make_sign_in_link(session, person, by=None, at=clock.now(), purpose=purpose)
        assert session.scalars(select(SecondFactor)).all()
        session.commit()
        db.session.remove()
        db.engine.dispose()

    move(app, "0005", back=True)
    with app.app_context():
        assert "sign_in_session" not in inspect(db.engine).get_table_names()
        with db.engine.connect() as connection:
            # A link for a forgotten password would have become one that opens for a week.
            assert connection.execute(text("SELECT count(*) FROM sign_in_link")).scalar() == 1
        db.engine.dispose()

    move(app, "head")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": cast.leader.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/account").status_code == 200
    with app.app_context():
        session = db.session()
        assert session.scalars(select(SignInLink.purpose)).all() == ["invitation"]
        assert factors.list_factors(session, cast.administrator.id) == []
        db.session.remove()
