"""Every page opens for the people of the story, in both languages, with something on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from accredit.assessment.models import Assessment
from accredit.identity.models import Department
from accredit.web.pages import SAME_FOR_ALL
from tests.conftest import Browser, Page
from tests.demo.conftest import Told

Reading = Callable[[], AbstractContextManager[Session]]


def _walk(app: Flask, browser: Browser) -> Iterator[tuple[str, Page]]:
    """One page of each kind that can be reached by links from the first page."""
    addresses = app.url_map.bind("localhost")
    waiting, kinds = ["/"], set()
    while waiting:
        url = waiting.pop(0)
        try:
            endpoint, _ = addresses.match(urlsplit(url).path, method="GET")
        except (HTTPException, RequestRedirect):
            yield url, browser.get(url)
            continue
        if endpoint in kinds or endpoint in SAME_FOR_ALL:
            continue
        kinds.add(endpoint)
        page = browser.get(url)
        yield url, page
        if page.tree is None:
            continue
        for link in page.links():
            parts = urlsplit(urljoin(f"http://localhost{url}", link))
            if parts.netloc == "localhost" and "lang=" not in parts.query:
                waiting.append(parts._replace(scheme="", netloc="", fragment="").geturl())


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    ("who", "fewest"),
    [("khalid", 25), ("rania", 15), ("ibrahim", 10), ("laila", 10), ("huda", 30), ("amina", 8)],
)
def test_every_page_somebody_can_reach_opens_in_their_language(
    told: Told, visit: Callable[..., Browser], who: str, fewest: int, language: str
) -> None:
    count = 0
    for url, page in _walk(told.app, visit(who, language)):
        count += 1
        assert page.status == 200, url
        if page.tree is not None:
            assert page.lang == (language, "rtl" if language == "ar" else "ltr"), url

    assert count >= fewest


@pytest.mark.parametrize(
    ("who", "stage", "department"),
    [
        ("laila", "decision", "LIC"),
        ("daniel", "moderation", "CC"),
        ("grace", "scoring", "DIG"),
        ("fatima", "scoring", "DIG"),
        ("tariq", "self_assessment", "CC"),
        ("maryam", "self_assessment", "CC"),
        ("salem", "self_assessment", "BIL"),
        ("huda", "set_up", "LIC"),
    ],
)
def test_the_first_page_leads_each_of_them_to_what_waits(
    visit: Callable[..., Browser], reading: Reading, who: str, stage: str, department: str
) -> None:
    with reading() as session:
        assessment = session.scalars(
            select(Assessment.id)
            .join(Assessment.department)
            .where(Assessment.stage == stage, Department.code == department)
            .order_by(Assessment.id)
        ).first()

    page = visit(who, "ar").get("/")

    assert any(re.match(rf"/assessments/{assessment}(/|$)", link) for link in page.links())


@pytest.mark.parametrize("who", ["ibrahim", "rania", "omar", "dana"])
def test_for_the_others_nothing_waits(visit: Callable[..., Browser], who: str) -> None:
    page = visit(who, "en").get("/")

    assert not any(re.match(r"/assessments/\d", link) for link in page.links())


def test_the_sign_in_page_offers_everybody(told: Told) -> None:
    page = Page(told.app.test_client().get("/sign-in?lang=en"))

    assert "Khalid Al Rashidi" in page.text
    assert "Dana Habib" in page.text
