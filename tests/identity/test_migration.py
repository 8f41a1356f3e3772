"""Moving between releases with people, links and second factors in the database."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, select, text

from accredit import clock
from accredit.app import create_app
from accredit.database import db, writing
from accredit.identity import accounts, addresses, factors, outbox
from accredit.identity.accounts import Purpose
from accredit.identity.letters import MailKind
from accredit.identity.models import AddressChange, Mail, Person, SecondFactor, SignInLink
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


def test_the_release_before_changes_of_address_and_back_with_data_in_it(copied, cast):
    app = copied
    with app.app_context(), writing():
        session = db.session()
        person, at = session.get_one(Person, cast.leader.id), clock.now()
        addresses.ask(session, person, "layla.elsewhere@example.net", at=at)
        token = addresses.make_link(session, person, "layla.elsewhere@example.net", at=at)
        for kind in MailKind:
            outbox.put(session, kind, person.email, person_id=person.id, at=at)
        session.commit()
        db.session.remove()
        db.engine.dispose()

    move(app, "0009", back=True)
    with app.app_context():
        assert "address_change" not in inspect(db.engine).get_table_names()
        with db.engine.connect() as connection:
            # That release knows no mails of these kinds and would stop at the first.
            kinds = set(connection.execute(text("SELECT kind FROM mail")).scalars())
            email = connection.execute(text(f"SELECT email FROM person WHERE id = {person.id}"))
            assert email.scalar() == cast.leader.email
        db.engine.dispose()
    assert kinds == {kind.value for kind in MailKind if not kind.startswith("address_")}

    move(app, "head")
    with app.app_context(), writing():
        session, at = db.session(), clock.now()
        assert session.scalars(select(AddressChange)).all() == []
        assert len(session.scalars(select(Mail)).all()) == len(kinds)
        assert addresses.find_link(session, token, at=at) is None
        person = session.get_one(Person, cast.leader.id)
        addresses.ask(session, person, "layla.elsewhere@example.net", at=at)
        token = addresses.make_link(session, person, "layla.elsewhere@example.net", at=at)
        addresses.use_link(session, token, at=at, keep=None)
        session.commit()
        db.session.remove()
        db.engine.dispose()
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    sent = {"email": "layla.elsewhere@example.net", "password": PASSWORD}
    assert client.post("/sign-in", data=sent).status_code == 302
