"""Every page of the product as somebody of the demonstration opens it.

Most are found by following links from the first page. What no link leads to is prepared: an
invitation, a forgotten password, a second factor that is asked for, a file of answers half
imported, a standard half published.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from accredit import clock
from accredit.config import resource_dir
from accredit.database import db, writing
from accredit.identity import accounts
from accredit.identity.accounts import Purpose
from accredit.identity.models import Person
from accredit.web.pages import SAME_FOR_ALL
from tests.conftest import Browser, Page
from tests.people import give_app, open_session

#: Who is asked first for a page; every page is shown by the first who reaches it.
PEOPLE = (
    *("khalid", "huda", "amina", "rania", "fatima", "daniel", "laila", "noor", "omar"),
    *("maryam", "yousef"),
)
#: Pages that look so different to different people that one of them says nothing of the others.
MANY_FACES = frozenset({"home.index", "assessment.show", "assessment.element"})
#: Somebody who gave the password and not yet the second factor.
HALF_WAY, WITH_FACTOR = "between", "tariq"


@dataclass(frozen=True)
class Place:
    """A page: who opens it (None: anybody), where it is, and which view shows it."""

    who: str | None
    path: str
    endpoint: str


@dataclass
class Visitors:
    """The browsers of the people of the demonstration."""

    app: Flask
    known: dict[str | None, FlaskClient] = field(default_factory=dict)

    def client(self, who: str | None) -> FlaskClient:
        """A browser that is signed in as this person."""
        if who not in self.known:
            client = self.known[who] = self.app.test_client()
            if who is not None:
                with client.session_transaction() as cookies:
                    cookies["_user_id"] = self._session_of(who)
        return self.known[who]

    def _session_of(self, who: str) -> str:
        half_way = who == HALF_WAY
        with self.app.app_context(), writing():
            session = db.session()
            person = _person(WITH_FACTOR if half_way else who)
            token = open_session(session, person.id, confirmed=not half_way)
            session.commit()
            db.session.remove()
        return token


def _person(who: str) -> Person:
    return db.session().scalars(select(Person).where(Person.email.startswith(f"{who}@"))).one()


def prepare(visitors: Visitors) -> list[Place]:
    """Do what makes the pages that no link leads to, and say where they are."""
    app = visitors.app
    with app.app_context(), writing():
        session = db.session()
        tokens = {
            purpose: accounts.make_sign_in_link(
                session, _person(who), by=None, at=clock.now(), purpose=purpose
            )
            for purpose, who in ((Purpose.INVITATION, "noor"), (Purpose.RESET, "omar"))
        }
        give_app(session, _person(WITH_FACTOR).id, b"the app of somebody")
        session.commit()
        db.session.remove()
    for path, purpose in (("/welcome", Purpose.INVITATION), ("/reset", Purpose.RESET)):
        assert visitors.client(None).get(f"{path}/{tokens[purpose]}").location == path
    answers = "date,score\n" + "\n".join(f"2026-01-{day:02},{day % 5 + 1}" for day in range(1, 29))
    choice = visitors.client("rania").get("/kpis/import")
    department = Page(choice).values("import").get("department")
    mapping = visitors.client("rania").post(
        "/kpis/import",
        data={
            "department": department,
            "kpi": "csat",
            "file": (BytesIO(answers.encode()), "answers.csv"),
        },
    )
    huda = Browser(visitors.client("huda"))
    published = _upload_newer(huda, "service-excellence")
    form = huda.get(f"{published}/publish").values("publish")
    assert huda.post(f"{published}/publish", form).status == 303
    draft = _upload_newer(huda, "excellence-2025")
    assert mapping.status_code == 303
    return [
        Place(None, "/welcome", "identity.invited"),
        Place(None, "/reset", "identity.new_password"),
        Place(None, "/sign-in", "security.login"),
        Place(None, "/forgotten", "identity.forgotten"),
        Place(None, "/certificates/check", "certificate.check"),
        Place(None, "/no/such/page", "404"),
        Place("khalid", "/people/1", "403"),
        Place(None, "/gallery", "gallery"),
        Place(HALF_WAY, "/sign-in/second-factor", "identity.second_factor"),
        Place("rania", mapping.location, "kpi.mapping"),
        Place("huda", draft, "standard.draft"),
        Place("huda", f"{draft}/replace", "standard.replace"),
    ]


def _upload_newer(manager: Browser, standard: str) -> str:
    """A draft of the next version of a standard that ships; where it is."""
    text = (resource_dir("criteria") / f"{standard}.yaml").read_text(encoding="utf-8")
    newer = text.replace('version: "', 'version: "9', 1).encode()
    answer = manager.post("/standards/new", {"file": (BytesIO(newer), "newer.yaml")})
    assert answer.status == 303, answer.text
    return answer.location


def places(visitors: Visitors) -> list[Place]:
    """Every page once, and those of many faces once for each person."""
    found = prepare(visitors)
    seen = {place.endpoint for place in found}
    for who in PEOPLE:
        for endpoint, path, page in _walk(visitors.app, visitors.client(who)):
            if page.tree is None or page.status != 200:
                continue
            if endpoint in MANY_FACES or endpoint not in seen:
                seen.add(endpoint)
                found.append(Place(who, path, endpoint))
    return found


def _walk(app: Flask, client: FlaskClient) -> Iterator[tuple[str, str, Page]]:
    """One page of each kind that can be reached by links from the first page."""
    addresses = app.url_map.bind("localhost")
    waiting, kinds, asked = ["/"], set(SAME_FOR_ALL), set()
    while waiting:
        path = waiting.pop(0)
        if path in asked:
            continue
        asked.add(path)
        try:
            endpoint, _ = addresses.match(urlsplit(path).path, method="GET")
        except (HTTPException, RequestRedirect):
            continue
        if endpoint in kinds:
            continue
        page = Page(client.get(path))
        if page.location:
            waiting.insert(0, page.location)
            continue
        kinds.add(endpoint)
        yield endpoint, path, page
        if page.tree is None:
            continue
        for link in page.links():
            parts = urlsplit(urljoin(f"http://localhost{path}", link))
            if parts.netloc == "localhost" and not {"lang", "theme"} & {
                pair.partition("=")[0] for pair in parts.query.split("&")
            }:
                waiting.append(parts._replace(scheme="", netloc="", fragment="").geturl())
