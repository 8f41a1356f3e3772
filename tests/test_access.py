"""Deny by default: every page declares who may open it."""

from __future__ import annotations

import pytest


def test_every_view_declares_a_permission_or_is_public(app):
    undeclared = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if not getattr(view, "permission", None)
        and not getattr(view, "is_public", False)
        and not endpoint.startswith("security.")
        and endpoint != "static"
    ]
    assert undeclared == []


@pytest.mark.parametrize("url", ["/", "/assessments/", "/people", "/trail/"])
def test_a_stranger_is_sent_to_the_sign_in_page(browse, url):
    answer = browse().get(url)
    assert answer.status == 303
    assert answer.location.startswith("/sign-in?next=")


def test_a_person_without_the_permission_is_refused(browse, cast):
    assert browse(cast.contributor).get("/people").status == 403


def test_a_role_that_ended_no_longer_opens_the_page_in_an_old_tab(browse, cast, arrange):
    tab = browse(cast.programme_manager)
    assert tab.get("/people").status == 200
    with arrange() as session:
        from accredit.clock import now
        from accredit.identity.models import RoleAssignment

        for row in session.query(RoleAssignment).filter_by(person_id=cast.programme_manager.id):
            row.ended_at = now()
    assert tab.get("/people").status == 403
