"""/assessments/<id>/evidence: enough and fresh at a glance, and the pack of all of it."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date

import pytest
from sqlalchemy import select

from accredit.assessment.domain import Stage
from accredit.audit import Event
from accredit.evidence.models import Evidence, EvidenceLink
from accredit.evidence.pack import verify_pack
from accredit.evidence.store import FileStore
from accredit.trail import noting
from tests.assessments import CODES, FILE, walk_to
from tests.queries import count_queries


@pytest.fixture
def base(arrange, cast, world):
    """An assessment that is being scored, with its files in the store."""
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SCORING)
        for evidence in session.scalars(select(Evidence)):
            digest = evidence.current.sha256
            folder = world.settings.evidence_dir / digest[:2]
            folder.mkdir(parents=True, exist_ok=True)
            (folder / digest[2:]).write_bytes(FILE)
        return f"/assessments/{assessment.id}"


READERS = ["contributor", "leader", "assessor", "moderator", "decision_maker", "observer"]
STRANGERS = ["stranger_leader", "stranger_manager", "contact_leader"]


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_whoever_judges_or_shows_sees_each_element_with_what_is_expected(
    base, browse, cast, who, language
):
    page = browse(getattr(cast, who), language).get(f"{base}/evidence")
    assert page.status == 200
    assert "Register of promises" in page.text
    assert page.lang == (language, "rtl" if language == "ar" else "ltr")


def test_old_evidence_is_told_apart_from_missing_evidence(base, arrange, browse, cast):
    before = browse(cast.leader).get(f"{base}/evidence").text
    with arrange() as session:
        for evidence in session.scalars(select(Evidence)):
            evidence.period_to_on = date(2019, 12, 31)
    after = browse(cast.leader).get(f"{base}/evidence").text
    assert before.count("Too old") < after.count("Too old")
    assert before.count("Too little") == after.count("Too little")


def test_the_element_s_own_page_says_it_too(base, arrange, browse, cast):
    with arrange() as session:
        for evidence in session.scalars(select(Evidence)):
            evidence.period_to_on = date(2019, 12, 31)
    judge = browse(cast.assessor)
    told = [judge.get(f"{base}/elements/{code}").text for code in CODES]
    assert any("Too old" in text for text in told)


def test_the_pack_holds_every_file_once_with_all_it_supports(base, browse, cast, arrange, tmp_path):
    answer = browse(cast.decision_maker).get(f"{base}/evidence-pack.zip")
    assert answer.status == 200
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "private, no-store"
    path = tmp_path / "pack.zip"
    path.write_bytes(answer.body)
    checked = verify_pack(path)
    assert checked.faults == ()
    with arrange() as session:
        links = session.scalars(select(EvidenceLink)).all()
        pieces = {link.evidence_id for link in links}
        places = sorted((link.element_code, link.place) for link in links)
    assert checked.files == len(pieces)
    with zipfile.ZipFile(io.BytesIO(answer.body)) as pack:
        files = json.loads(pack.read("manifest.json"))["files"]
    told = sorted((use["element"], use["place"]) for file in files for use in file["supports"])
    assert told == places


@pytest.fixture
def lost(base, arrange, world, app, cast):
    """Loses the file of the evidence, or alters it."""
    app.extensions["trail"] = noting.Notes()

    def lose(altered: bool = False):
        with arrange() as session:
            digest = session.scalars(select(Evidence)).first().current.sha256
        place = world.settings.evidence_dir / digest[:2] / digest[2:]
        if altered:
            place.write_bytes(b"something else")
        else:
            place.unlink()
        return place

    return lose


@pytest.mark.parametrize(("altered", "word"), [(False, "(missing)"), (True, "(altered)")])
def test_a_lost_file_is_named_with_what_to_do_and_no_pack_is_handed_out(
    base, browse, cast, lost, altered, word
):
    lost(altered)
    page = browse(cast.assessor).get(f"{base}/evidence-pack.zip")
    assert page.status == 503
    assert "Content-Disposition" not in page.headers
    assert "Register of promises" in page.text
    assert "سجل التعهدات 2026" in page.text
    assert word in page.text
    for code in CODES:
        assert code in page.text
    assert "accredit evidence check" in page.text
    assert "uploads it once more" in page.text
    assert f"{base}/evidence" in page.links()


def test_a_lost_file_is_told_to_the_trail_and_the_log(base, browse, cast, lost, arrange, caplog):
    lost()
    browse(cast.assessor).get(f"{base}/evidence-pack.zip")
    assert any(
        record.levelname == "CRITICAL" and "is missing" in record.getMessage()
        for record in caplog.records
    )
    with arrange() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert (event.action, event.person_id) == ("evidence.lost", cast.assessor.id)
        assert event.subject_type == "assessment"
        assert "سجل التعهدات 2026.pdf" in event.details
    page = browse(cast.programme_manager).get("/trail/")
    assert "Evidence asked for that the store has lost" in page.text


def test_whoever_uploads_the_lost_file_again_heals_the_pack(base, browse, cast, lost, world):
    lost()
    FileStore(world.settings.evidence_dir).put(io.BytesIO(FILE), limit=10_000)
    assert browse(cast.assessor).get(f"{base}/evidence-pack.zip").status == 200


def test_the_page_of_lost_files_is_arabic_too(base, browse, cast, lost):
    lost()
    page = browse(cast.leader, "ar").get(f"{base}/evidence-pack.zip")
    assert page.lang == ("ar", "rtl")
    assert "تعذّر إعداد الحزمة" in page.text
    for word in ("missing", "Supports", "Back", "pack"):
        assert word not in page.text.replace("accredit evidence check", "")


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("what", ["evidence", "evidence-pack.zip"])
def test_for_others_neither_exists(base, browse, cast, who, what):
    assert browse(getattr(cast, who)).get(f"{base}/{what}").status == 404


def test_the_page_asks_no_more_for_more_evidence(base, app, browse, cast):
    browser = browse(cast.leader)
    browser.get(f"{base}/evidence")
    with count_queries(app) as asked:
        browser.get(f"{base}/evidence")
    assert len(asked) <= 14


def test_at_a_glance_each_element_says_how_it_stands_and_leads_to_its_row(browse, cast, arrange):
    with arrange() as session:
        id_ = walk_to(session, cast, Stage.SELF_ASSESSMENT).id
    page = browse(cast.contributor).get(f"/assessments/{id_}/evidence")
    tiles = page.tree.xpath("//dl[@class='facts']//a[starts-with(@href, '#e-')]")
    said = {" ".join(tile.text_content().split()) for tile in tiles}
    assert len(tiles) == 4
    assert {text.partition(" ")[2] for text in said} <= {
        "Enough", "Too old", "Too little", "Nothing is expected",
    }  # fmt: skip
    for tile in tiles:
        assert page.tree.xpath(f"//tr[@id='{tile.get('href')[1:]}']")


@pytest.mark.parametrize(
    ("who", "stage", "may"),
    [
        ("contributor", Stage.SELF_ASSESSMENT, True),
        ("programme_manager", Stage.SELF_ASSESSMENT, False),
        ("contributor", Stage.SCORING, False),
    ],
)
def test_who_may_link_uploads_from_the_row_of_the_element(browse, cast, arrange, who, stage, may):
    with arrange() as session:
        id_ = walk_to(session, cast, stage).id
    page = browse(getattr(cast, who)).get(f"/assessments/{id_}/evidence")
    assert (f"/evidence/new?assessment={id_}&element=1.1" in page.links()) is may
