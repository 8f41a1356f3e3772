"""The event trail: what each may see of it, filters, pages, the file, the chain."""

from __future__ import annotations

import csv
import io
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from accredit import audit
from accredit.assessment.domain import Stage
from accredit.audit import Event, Subject
from accredit.identity.models import Department, Person
from accredit.kpi.loader import service_kpis
from accredit.kpi.service import set_target
from tests.arabic import english_words
from tests.assessments import walk_to
from tests.people import START
from tests.queries import count_queries, writes


def record(session, cast, action="robot.danced", number=1, at=START, **details):
    audit.record(
        session,
        action,
        Subject("robot", str(number), cast.organisation, cast.licensing),
        by=cast.leader.id,
        at=at,
        details=details,
    )
    return session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()


def shown_events(page) -> list[int]:
    return [int(row.get("id").removeprefix("event-")) for row in page.tree.xpath("//tbody/tr")]


def test_the_newest_event_stands_first(browse, cast):
    events = shown_events(browse(cast.administrator).get("/trail/"))
    assert events == sorted(events, reverse=True)
    assert events[-1] == 1


def test_an_administrator_sees_everything_and_others_their_organisation(browse, cast):
    everything = browse(cast.administrator).get("/trail/").text
    assert "Northern Services Authority" in everything
    assert "Southern Water Board" in everything
    for actor in (cast.programme_manager, cast.observer):
        page = browse(actor).get("/trail/").text
        assert "Northern Services Authority" in page
        assert "Southern Water Board" not in page
        assert "amal.admin@example.org" not in page


def test_no_filter_opens_what_is_out_of_reach(browse, cast):
    browser = browse(cast.stranger_manager)
    for query in (
        {"subject": "organisation", "subject_id": cast.organisation},
        {"person": "1"},
        {"action": "organisation.created"},
    ):
        page = browser.get("/trail/", query_string=query)
        assert "Northern Services Authority" not in page.text
        exported = browser.get("/trail/trail.csv", query_string=query)
        assert "NSA" not in exported.body.decode()


@pytest.mark.parametrize("who", ["leader", "contributor", "assessor", "decision_maker", "nobody"])
@pytest.mark.parametrize(
    "url", ["/trail/", "/trail/trail.csv", "/trail/trail.jsonl", "/trail/check"]
)
def test_other_roles_do_not_open_the_trail(browse, cast, who, url):
    assert browse(getattr(cast, who)).get(url).status == 403


def test_an_event_says_who_did_what_to_what(browse, cast, arrange):
    with arrange() as session:
        walk_to(session, cast, Stage.CLOSED)
    page = browse(cast.programme_manager).get(
        f"/trail/?action=score.set&person={cast.contributor.id}"
    )
    row = " ".join(page.tree.xpath("//tbody/tr[1]")[0].text_content().split())
    for words in ("Omar Rashid", "Score given", "Element: 2.2", "Level: Good", "Licensing"):
        assert words in row


def test_an_action_without_words_shows_its_code(browse, cast, arrange):
    with arrange() as session:
        record(session, cast, speed="3 km/h")
    page = browse(cast.administrator).get("/trail/")
    assert "robot.danced" in page.text
    assert "speed: 3 km/h" in page.text


@pytest.mark.parametrize(("language", "said"), [("en", "Assessments"), ("ar", "التقييمات")])
def test_a_page_is_called_by_what_it_is_of_and_not_by_its_name_in_the_program(
    browse, cast, language, said
):
    browse(cast.observer).post("/assessments/new", {})
    page = browse(cast.administrator, language).get("/trail/?action=access.denied")
    row = " ".join(page.tree.xpath("//tbody/tr[1]")[0].text_content().split())
    assert said in row
    assert "assessment.open_new" not in row
    file = browse(cast.administrator, language).get("/trail/trail.csv?action=access.denied")
    assert "assessment.open_new" in file.body.decode()


def test_what_people_typed_is_shown_as_text(browse, cast, arrange):
    with arrange() as session:
        record(session, cast, reason="<b>bold</b><script>x</script>")
    page = browse(cast.administrator).get("/trail/")
    assert "<b>bold</b>" in page.text
    assert b"<script>x" not in page.body


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Value: 24:00 h 3.0 days"), ("ar", "القيمة: 24:00 ساعة 3.0 يوم")],
)
def test_a_target_is_told_in_the_unit_of_its_kpi(browse, cast, arrange, language, told):
    with arrange() as session:
        department = session.get(Department, cast.licensing)
        definition = service_kpis().find("resolution_time")
        for value in (86400.0, 259200.0):
            set_target(session, department, definition, value, by=cast.leader.id, at=START)
    page = browse(cast.observer, language).get("/trail/?action=kpi.target_set")
    assert told in " ".join(page.tree.xpath("//tbody/tr[1]")[0].text_content().split())


def test_figures_are_rounded_and_follow_the_kpi_they_were_given_for(browse, cast, arrange):
    with arrange() as session:
        record(
            session,
            cast,
            changes={
                "kpi": ["resolution_time", "first_contact_resolution"],
                "target": [86400.0, 70.0],
            },
        )
        record(session, cast, baseline=68.93203883495146, target="as soon as possible")
    rows = browse(cast.observer).get("/trail/?subject=robot").tree.xpath("//tbody/tr")
    older, newer = (" ".join(row.text_content().split()) for row in reversed(rows))
    assert "Target: 24:00 h 70.0%" in older
    assert "Baseline: 68.93 " in newer
    assert "Target: as soon as possible" in newer


def test_an_import_is_named_by_its_file_and_its_figures_are_folded(browse, cast, arrange):
    with arrange() as session:
        record(session, cast, accepted=5, blank=1, file="a.csv", kpi="csat", sha256="88" * 32)
    row = browse(cast.observer).get("/trail/?subject=robot").tree.xpath("//tbody/tr")[0]
    assert "2 more details" in row.xpath("string(.//details/summary)")
    assert "88" * 32 in row.xpath("string(.//details)")
    assert "a.csv" not in row.xpath("string(.//details)")


def test_filters_by_person_action_subject_and_day(browse, cast, arrange):
    with arrange() as session:
        first = record(session, cast, "score.set", 5, datetime(2026, 5, 1, 20, 59, tzinfo=UTC)).id
        second = record(session, cast, "score.set", 6, datetime(2026, 5, 1, 21, 0, tzinfo=UTC)).id
    browser = browse(cast.administrator)

    def found(**query):
        page = browser.get("/trail/", query_string=query)
        return shown_events(page) if page.tree.xpath("//tbody") else []

    assert found(person=cast.leader.id)[:2] == [second, first]
    assert len(found(person=cast.leader.id)) < len(found())
    assert found(person=cast.leader.id, action="score.set", subject_id="5") == [first]
    assert found(subject="robot", subject_id="6") == [second]
    assert found(action="decision.granted") == []
    # 21:00 UTC is midnight in Riyadh, where the programme is run.
    assert found(subject="robot", until="2026-05-01") == [first]
    assert found(subject="robot", since="2026-05-02") == [second]
    assert found(subject="robot", since="٢٠٢٦-٠٥-٠٢", until="2026-05-02") == [second]


@pytest.mark.parametrize(
    "query", ["since=yesterday", "until=0001-01-01", "until=9999-12-31", "person=x", "person=99999"]
)
def test_a_filter_that_makes_no_sense_is_named_and_kept(browse, cast, query):
    for url in ("/trail/", "/trail/trail.csv"):
        page = browse(cast.administrator).get(f"{url}?{query}")
        assert page.status == 422
        assert page.error_texts()


def test_a_long_trail_has_pages_that_keep_the_filters(browse, cast, arrange):
    with arrange() as session:
        for number in range(120):
            record(session, cast, number=number)
    browser = browse(cast.administrator)
    first = browser.get("/trail/?subject=robot")
    shown = shown_events(first)
    assert len(shown) == 50
    (older,) = first.tree.xpath("//a[@rel='next']/@href")
    assert older == f"/trail/?subject=robot&before={shown[-1]}"
    assert first.tree.xpath("//a[@rel='prev']") == []
    second = browser.get(older)
    assert shown_events(second)[0] == shown[-1] - 1
    (older,) = second.tree.xpath("//a[@rel='next']/@href")
    third = browser.get(older)
    assert len(shown_events(third)) == 20
    assert third.tree.xpath("//a[@rel='next']") == []
    (newer,) = third.tree.xpath("//a[@rel='prev']/@href")
    assert shown_events(browser.get(newer)) == shown_events(second)
    for odd in ("before=-5", "before=x", "after=99999999", "before=1"):
        assert browser.get(f"/trail/?{odd}").status == 200


def test_a_page_that_is_open_does_not_move_when_something_happens(browse, cast, arrange):
    with arrange() as session:
        for number in range(60):
            record(session, cast, number=number)
    browser = browse(cast.administrator)
    (older,) = browser.get("/trail/?subject=robot").tree.xpath("//a[@rel='next']/@href")
    before = shown_events(browser.get(older))
    with arrange() as session:
        record(session, cast)
    assert shown_events(browser.get(older)) == before


def test_more_events_ask_the_database_no_more_often(browse, cast, app, arrange):
    browser = browse(cast.administrator)
    with arrange() as session:
        walk_to(session, cast, Stage.SCORING)
    with count_queries(app) as few:
        browser.get("/trail/")
    with arrange() as session:
        for number in range(40):
            record(session, cast, number=number)
    with count_queries(app) as many:
        browser.get("/trail/")
    assert len(many) <= len(few)
    assert writes(many) == []


def read_csv(answer) -> list[list[str]]:
    assert answer.body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))


def test_the_file_holds_what_the_page_shows(browse, cast, arrange):
    with arrange() as session:
        event = record(session, cast, reason='Comma, "quote"\nand a line')
        event_id, digest = event.id, event.hash
    answer = browse(cast.observer).get("/trail/trail.csv?subject=robot")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=trail-")
    header, row = read_csv(answer)
    assert header[:3] == ["Number", "Time (UTC)", "Person"]
    assert row[0] == str(event_id)
    assert row[1] == "2026-01-05T08:00:00+00:00"
    assert row[2:4] == ["Layla Hassan", "layla.leader@example.org"]
    assert '\\"quote\\"\\nand' in row[10]
    assert row[-1] == digest


MANY = 100_500


def test_the_file_holds_every_event_however_many_there_are(browse, cast, arrange):
    """More than a hundred thousand, in pieces: no piece is the whole, and none is left out."""
    with arrange() as session:
        last = record(session, cast)
        columns = Event.__table__.columns.keys()
        row = {name: getattr(last, name) for name in columns}
        for first in range(0, MANY, 10_000):
            some = range(first, min(first + 10_000, MANY))
            session.execute(
                insert(Event), [{**row, "id": row["id"] + 1 + n, "hash": f"{n:064x}"} for n in some]
            )
    browser = browse(cast.observer)
    page = browser.get("/trail/?subject=robot")
    newest = row["id"] + MANY
    assert f"of the events from number {newest - 49} to {newest}, those that match" in page.text
    assert len(shown_events(page)) == 50
    work = time.process_time()
    answer = browser.client.get("/trail/trail.csv?subject=robot", buffered=False)
    pieces = list(answer.iter_encoded())
    answer.close()
    assert time.process_time() - work < 60
    assert len(pieces) >= MANY // 1_000
    assert max(len(piece) for piece in pieces) < sum(len(piece) for piece in pieces) / 50
    written = csv.reader(io.StringIO(b"".join(pieces).decode("utf-8-sig")))
    assert next(written)[0] == "Number"
    assert [int(one[0]) for one in written] == list(range(newest, row["id"] - 1, -1))


def test_the_file_is_in_the_readers_language(browse, cast, arrange):
    with arrange() as session:
        record(session, cast)
    header, row = read_csv(browse(cast.observer, "ar").get("/trail/trail.csv?subject=robot"))
    assert header[2] == "الشخص"
    assert row[2] == "ليلى حسن"


def test_a_name_that_is_a_formula_does_not_run(browse, cast, arrange):
    with arrange() as session:
        session.get(Person, cast.leader.id).name_en = "=HYPERLINK(1)"
        record(session, cast)
    _header, row = read_csv(browse(cast.observer).get("/trail/trail.csv?subject=robot"))
    assert row[2] == "'=HYPERLINK(1)"


def test_a_moment_is_shown_where_the_programme_is_run(browse, cast, arrange):
    with arrange() as session:
        record(session, cast, at=datetime(2026, 5, 1, 22, 30, tzinfo=UTC) + timedelta(seconds=1))
    assert "2 May 2026, 01:30" in browse(cast.administrator).get("/trail/?subject=robot").text


@pytest.mark.parametrize(
    "url", ["/trail/", "/trail/check", "/trail/check?now=1", "/trail/?subject_id=nothing"]
)
def test_the_arabic_pages_are_arabic_all_through(browse, cast, arrange, url):
    with arrange() as session:
        walk_to(session, cast, Stage.MODERATION)
    page = browse(cast.programme_manager, "ar").get(url)
    assert page.lang == ("ar", "rtl")
    assert english_words(page, typed="bdi") == set()
