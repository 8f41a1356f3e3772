"""The page of the path to the next level: what to raise, what stays outside, who may see it."""

from __future__ import annotations

import pytest

from accredit.assessment.domain import Stage
from tests.arabic import english_words
from tests.assessments import walk_to
from tests.queries import count_queries, writes

AGREED = {"1.1": "started", "2.1": "partial"}


@pytest.fixture
def closed(arrange, cast) -> str:
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.CLOSED, AGREED)
        return f"/gap-reports/{assessment.id}"


def moves(page) -> list[str]:
    return page.tree.xpath("//table[starts-with(@id, 'path-')]/tbody/tr/th//bdi/text()")


def test_the_report_leads_to_the_path(browse, cast, closed):
    page = browse(cast.leader).get(closed)
    assert page.tree.xpath(f"//a[@href='{closed}/path']")


def test_it_shows_the_moves_their_effort_and_that_it_is_the_least(browse, cast, closed):
    page = browse(cast.leader).get(f"{closed}/path")
    # 21 of 40 are there and 24 are 60 %: one step of an element that weighs 3 is enough.
    assert page.status == 200
    assert "“Accredited” can be reached with an effort of 1" in page.text
    assert "This is proven to be the least" in page.text
    assert "52.5%" in page.text
    assert "60.0%" in page.text
    assert len(moves(page)) == 1
    assert page.tree.xpath("//ol/li[contains(., 'At least 60% in total.')]")


def test_an_effort_put_in_changes_the_path(browse, cast, closed):
    dear = browse(cast.leader).get(f"{closed}/path?to=accredited&effort-1.1=50&effort-1.2=50")
    assert moves(dear) == ["2.1"]
    other = browse(cast.leader).get(f"{closed}/path?to=accredited&effort-2.1=٥٠&effort-2.2=50")
    assert moves(other) == ["1.1"]
    assert other.tree.xpath("//input[@name='effort-2.1']/@value") == ["٥٠"]


@pytest.mark.parametrize("effort", ["0", "101", "much", "-3", "1.5"])
def test_an_effort_that_cannot_be_is_told_and_left_as_it_was(browse, cast, closed, effort):
    page = browse(cast.leader).get(f"{closed}/path?effort-1.1={effort}")
    assert page.status == 422
    assert "An effort is a whole number from 1 to 100." in page.text
    assert page.tree.xpath("//a[@href='#effort-1.1']")
    assert "with an effort of 1" in page.text


def test_a_higher_award_may_be_chosen_and_another_is_passed_over(browse, cast, closed):
    page = browse(cast.leader).get(f"{closed}/path?to=distinction")
    # A quarter of four elements exceptional, and in each criterion 15 of 20: 11 and 12 are there.
    assert "“Accredited with distinction” can be reached" in page.text
    assert page.tree.xpath("//select/option[@selected]/@value") == ["distinction"]
    unknown = browse(cast.leader).get(f"{closed}/path?to=gold")
    assert unknown.tree.xpath("//select/option[@selected]/@value") == ["accredited"]


def test_at_the_top_there_is_no_path(browse, cast, arrange):
    with arrange() as session:
        best = dict.fromkeys(("1.1", "1.2", "2.1", "2.2"), "exceptional")
        assessment = walk_to(session, cast, Stage.CLOSED, best)
        url = f"/gap-reports/{assessment.id}/path"
    assert "The highest award is reached" in browse(cast.leader).get(url).text
    assert "“Accredited” is reached by these scores" in (
        browse(cast.leader).get(f"{url}?to=accredited").text
    )


def test_without_scores_there_is_nothing_to_begin_at(browse, cast, arrange):
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT)
        url = f"/gap-reports/{assessment.id}/path"
    page = browse(cast.leader).get(url)
    assert "There are no scores to begin at" in page.text
    assert not page.tree.xpath("//select[@name='to']")


def test_it_stands_on_the_scores_that_the_reader_may_see(browse, cast, arrange):
    with arrange() as session:
        own = dict.fromkeys(("1.1", "1.2", "2.1", "2.2"), "exceptional")
        assessment = walk_to(session, cast, Stage.DECISION, AGREED, self_levels=own)
        url = f"/gap-reports/{assessment.id}/path"
    assert "The highest award is reached" in browse(cast.leader).get(url).text
    assert "with an effort of 1" in browse(cast.observer).get(url).text
    hidden = browse(cast.moderator)
    with arrange() as session:
        scoring = walk_to(session, cast, Stage.SCORING, AGREED, cycle="2027")
        url = f"/gap-reports/{scoring.id}/path"
    assert "There are no scores to begin at" in hidden.get(url).text


def test_strangers_do_not_find_it(browse, cast, closed):
    assert browse(cast.stranger_leader).get(f"{closed}/path").status == 404
    assert browse(cast.leader).get("/gap-reports/999999/path").status == 404


def test_it_is_read_in_arabic(browse, cast, closed):
    page = browse(cast.leader).get(f"{closed}/path?lang=ar")
    assert page.status == 200
    assert not english_words(page)


def test_looking_changes_nothing(app, browse, cast, closed):
    with count_queries(app) as queries:
        browse(cast.leader).get(f"{closed}/path")
    assert not writes(queries)
