"""No page is left out of the pictures."""

from __future__ import annotations

from flask import Flask

from tests.pictures.acts import ACTS
from tests.pictures.shots import NO_PAGES, PAPERS, SHOTS


def test_every_page_and_every_pdf_is_pictured(app: Flask) -> None:
    answering = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    pictured = {shot.endpoint for shot in SHOTS} | {paper.endpoint for paper in PAPERS}

    assert answering - pictured == NO_PAGES
    # Pages of errors have no endpoint, and components are shown in a demonstration alone.
    assert pictured - answering == {"", "gallery"}


def test_no_picture_is_written_over_another() -> None:
    names = [shot.name for shot in SHOTS]

    assert sorted(set(names)) == sorted(names)


def test_what_is_done_before_a_picture_is_known() -> None:
    assert {shot.act for shot in SHOTS} - {""} == set(ACTS)
