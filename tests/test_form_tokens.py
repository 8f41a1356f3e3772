"""No form works without the token of its page, wherever it is sent from."""

from __future__ import annotations

import re

import pytest

from tests.people import PASSWORD
from tests.queries import count_queries, writes
from tests.routes import addresses

CHANGING = ("POST", "PUT", "PATCH", "DELETE")


def test_every_route_that_changes_something_refuses_a_request_without_a_token(guarded, cast, app):
    browser = guarded(cast.administrator)
    tried = 0
    for method in CHANGING:
        for endpoint, path in addresses(app, method, {}):
            with count_queries(app) as statements:
                answer = browser.client.open(path, method=method, data={"reason": "x"})
            assert answer.status_code == 400, (endpoint, path)
            # That a sign-in failed is itself told in the trail.
            written = [one for one in writes(statements) if "INTO event" not in one]
            assert written == [], endpoint
            tried += 1
    assert tried >= 30


@pytest.mark.parametrize("token", ["", "x", "ImFiYyI.abc.def"])
def test_a_wrong_token_is_as_bad_as_none(guarded, cast, token):
    browser = guarded(cast.leader)
    data = {"name_en": "A", "name_ar": "أ", "language": "en", "csrf_token": token}
    answer = browser.post("/account", data)
    assert answer.status == 400
    assert "reload it and send it again" in answer.text


def test_the_token_of_somebody_elses_page_does_not_work(guarded, cast):
    theirs = guarded(cast.contributor).get("/account").values("/account")
    assert theirs["csrf_token"]
    assert guarded(cast.leader).post("/account", theirs).status == 400


def test_a_page_used_as_it_is_works(guarded, cast):
    browser = guarded()
    form = browser.get("/sign-in").values("/sign-in")
    sent = browser.post("/sign-in", {**form, "email": cast.leader.email, "password": PASSWORD})
    assert sent.status == 302
    details = browser.get("/account").values("/account")
    assert browser.post("/account", {**details, "name_en": "Layla"}).status == 303
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/").body.decode())
    assert browser.post("/sign-out", {"csrf_token": token[1]}).status == 303
    assert browser.get("/account").status == 303
