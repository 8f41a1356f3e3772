"""/assessments/<id>/evidence/<link>/preview: linked evidence, read at the place that is cited."""

from __future__ import annotations

import base64
import io
import json

import pytest
from sqlalchemy import select

from accredit import clock
from accredit.assessment.linking import link_to_element
from accredit.audit import Event
from accredit.evidence.domain import Details, Upload
from accredit.evidence.models import EvidenceScan
from accredit.evidence.store import FileStore
from accredit.evidence.uploading import add_evidence
from accredit.identity.models import Department
from accredit.identity.service import load_access
from accredit.trail import noting
from tests.assessments import open_small, staff
from tests.evidence.conftest import LIMIT
from tests.evidence.files import MP4, office
from tests.evidence.test_contents import docx, workbook, written_pdf
from tests.queries import count_queries

PAGES = ("First page", "Answered within ten days", "Last page")


@pytest.fixture
def linked(arrange, cast, world):
    """`linked("a.pdf", content, "page 2")`: the address of a preview, while the department
    assesses itself."""

    def make(name, content, place=""):
        from accredit.assessment import service

        with arrange() as session:
            assessment = open_small(session, cast)
            staff(session, cast, assessment)
            service.start(session, assessment, by=cast.programme_manager.id, at=clock.now())
            (evidence,) = add_evidence(
                session,
                FileStore(world.settings.evidence_dir),
                session.get(Department, cast.licensing),
                [Upload(name, io.BytesIO(content))],
                details=Details(),
                limit=LIMIT,
                by=cast.contributor.id,
                at=clock.now(),
            )
            link = link_to_element(
                session,
                assessment,
                "1.1",
                evidence.id,
                place=place,
                access=load_access(session, cast.contributor.id),
                at=clock.now(),
            )
            return f"/assessments/{assessment.id}/evidence/{link.id}/preview"

    return make


def pictures(page):
    return page.tree.xpath("//img/@src")


def test_the_cited_page_of_a_pdf_is_shown_as_a_picture_with_its_words(browse, cast, linked):
    url = linked("charter.pdf", written_pdf(*PAGES), "page 2, “ten days”")
    page = browse(cast.leader).get(url)
    (source,) = pictures(page)
    kind, _, content = source.partition(";base64,")
    assert kind == "data:image/png"
    assert base64.b64decode(content).startswith(b"\x89PNG")
    assert page.tree.xpath("string(//img/@alt)") == "Page 2 of 3"
    assert page.tree.xpath("string(//mark[@id='cited'])") == "ten days"
    assert "First page" not in page.text
    (previous,) = page.tree.xpath("//a[@rel='prev']/@href")
    assert "First page" in browse(cast.leader).get(previous).text


def test_it_reads_in_arabic_from_right_to_left(browse, cast, linked):
    url = linked(
        "ميثاق.xlsx", workbook(الحالات=["الخدمة", "الترخيص"], الردود=["رد"]), "ورقة الردود"
    )
    page = browse(cast.leader, "ar").get(url)
    assert page.lang == ("ar", "rtl")
    assert page.tree.xpath("string(//nav//a[@aria-current])").strip() == "الردود"
    assert page.tree.xpath("//table/@dir") == ["rtl"]
    assert "رد" in page.text


def test_what_a_file_says_is_text_and_never_markup(browse, cast, linked):
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
    page = browse(cast.leader).get(linked("a.docx", docx(hostile)))
    assert page.tree.xpath("//script | //img") == []
    assert "<script>alert(1)</script><img src=x" in page.text
    sheet = workbook(**{"<b>x<b>": ["<script>alert(1)</script>"], "y": ["javascript:alert(1)"]})
    page = browse(cast.leader).get(linked("a.xlsx", sheet))
    assert page.tree.xpath("//script | //b") == []
    assert not [link for link in page.links() if link.startswith("javascript")]


def test_nothing_in_it_can_act_and_only_this_site_may_frame_it(browse, cast, linked):
    answer = browse(cast.leader).get(linked("a.txt", b"words"))
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == policy["form-action"] == "'none'"
    assert policy["img-src"] == "data:"
    assert policy["frame-ancestors"] == "'self'"
    assert "allow-scripts" not in policy["sandbox"]
    assert "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_of_the_element_asks_for_it_only_when_it_is_opened(browse, cast, linked):
    url = linked("a.txt", b"words")
    page = browse(cast.leader).get(url.partition("/evidence/")[0] + "/elements/1.1")
    (frame,) = page.tree.xpath("//details[not(@open)]/iframe")
    assert frame.get("src") == f"{url}#cited"
    assert frame.get("loading") == "lazy"
    assert "allow-scripts" not in frame.get("sandbox")
    assert frame.get("title")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("call.mp4", MP4, "Files of this kind are not shown here"),
        ("odd.xlsx", office("xlsx"), "This file cannot be shown here"),
    ],
)
def test_what_cannot_be_shown_is_said_with_the_download_instead(
    browse, cast, linked, name, content, words
):
    url = linked(name, content)
    page = browse(cast.leader).get(url)
    assert page.status == 200
    assert words in page.text
    assert page.links() == [url.replace("/preview", "/file")]


def test_a_file_that_waits_for_the_scanner_is_not_shown(browse, cast, arrange, linked):
    url = linked("a.txt", b"words")
    with arrange() as session:
        session.add(EvidenceScan(version_id=1, state="waiting"))
    page = browse(cast.leader).get(url)
    assert "waits for the virus scanner" in page.text
    assert "words" not in page.tree.xpath("string(//pre)")
    assert page.links() == []


def test_a_lost_file_is_a_fault_that_is_told_and_logged(browse, cast, world, linked, caplog):
    url = linked("a.txt", b"lost words")
    for path in world.settings.evidence_dir.glob("??/*"):
        path.unlink()
    page = browse(cast.leader).get(url)
    assert page.status == 500
    assert "cannot be read at present" in page.text
    assert "no longer holds evidence" in caplog.text


@pytest.mark.parametrize("part", ["0", "-1", "99", "x", "9" * 30])
def test_a_part_that_is_none_shows_what_is_cited(browse, cast, linked, part):
    url = linked("charter.pdf", written_pdf(*PAGES), "page 2")
    page = browse(cast.leader).get(f"{url}?part={part}")
    assert page.tree.xpath("string(//img/@alt)") == "Page 2 of 3"


def test_leafing_through_a_file_is_one_reading_on_the_trail(app, browse, cast, arrange, linked):
    app.extensions["trail"] = noting.Notes()
    url = linked("charter.pdf", written_pdf(*PAGES))
    for part in ("1", "2", "3"):
        browse(cast.observer).get(f"{url}?part={part}")
    browse(cast.leader).get(url)
    with arrange() as session:
        query = select(Event).where(Event.action == "export.taken").order_by(Event.id)
        events = session.scalars(query).all()
        assert [event.person_id for event in events] == [cast.observer.id, cast.leader.id]
        said = json.loads(events[0].details)
        assert said["page"] == "assessment.evidence_preview"
        assert f"/evidence/{said['asked_link_id']}/" in url


def test_what_was_not_shown_is_no_reading(app, browse, cast, arrange, linked):
    app.extensions["trail"] = noting.Notes()
    browse(cast.leader).get(linked("call.mp4", MP4))
    with arrange() as session:
        assert session.scalars(select(Event).where(Event.action == "export.taken")).all() == []


def test_for_strangers_there_is_no_such_file(browse, cast, linked):
    url = linked("a.txt", b"words")
    for who in ("stranger_leader", "stranger_manager", "contact_leader"):
        assert browse(getattr(cast, who)).get(url).status == 404
    assert browse(cast.nobody).get(url).status == 403
    assert browse().get(url).status == 303


def test_a_link_of_another_assessment_is_not_found(browse, cast, linked):
    first, second = linked("a.txt", b"one"), linked("b.txt", b"two")
    mixed = first.partition("/evidence/")[0] + "/evidence/" + second.partition("/evidence/")[2]
    assert browse(cast.leader).get(mixed).status == 404


def test_showing_it_asks_the_database_little(app, browse, cast, linked):
    url = linked("a.txt", b"words")
    leader = browse(cast.leader)
    with count_queries(app) as statements:
        leader.get(url)
    assert len([one for one in statements if "event" not in one]) <= 8, statements
