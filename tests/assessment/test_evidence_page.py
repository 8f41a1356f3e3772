"""/assessments/<id>/evidence: enough and fresh at a glance, and the pack of all of it."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date

import pytest
from sqlalchemy import select

from accredit.assessment.domain import Stage
from accredit.evidence.models import Evidence, EvidenceLink
from accredit.evidence.pack import verify_pack
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
