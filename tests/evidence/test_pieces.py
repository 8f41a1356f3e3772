"""Files sent in pieces: gone on with after a break, checked as any other, and never stored half."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from accredit.config import load_settings
from accredit.evidence import arriving
from accredit.evidence.arriving import Arriving, NotArrivedError, Piece, TooMuchWaitingError
from accredit.evidence.domain import FILES_AT_ONCE
from tests.evidence.conftest import pdf
from tests.evidence.test_upload_page import NEW, files_in, stored
from tests.queries import count_queries, writes

PIECES = "/evidence/pieces"
NAME = "تقرير الجودة ٢٠٢٦.pdf"
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def send(browser, content: bytes, start: int = 0, end: int | None = None, **changed):
    fields = {
        "sha256": digest(content),
        "size": str(len(content)),
        "offset": str(start),
        "piece": (io.BytesIO(content[start:end]), "blob"),
    }
    return browser.post(PIECES, {**fields, **changed}, content_type="multipart/form-data")


def arrived(browser, content: bytes) -> int:
    return browser.get(f"{PIECES}?sha256={digest(content)}").response.json["arrived"]


def finish(browser, cast, *files: tuple[str, bytes], **fields):
    named = [f"{digest(content)} {name}" for name, content in files]
    return browser.post(NEW, {"department": str(cast.licensing), "arrived": named, **fields})


def waiting(world) -> list[str]:
    root = world.settings.arriving_dir
    return sorted(path.name for path in root.iterdir()) if root.exists() else []


def test_a_file_in_pieces_becomes_evidence_under_its_own_name(app, browse, cast, world, events):
    browser, content = browse(cast.contributor), pdf(1)
    assert send(browser, content, 0, 100).response.json == {"arrived": 100}
    assert send(browser, content, 100).response.json == {"arrived": len(content)}
    assert stored(app) == []
    answer = finish(browser, cast, (NAME, content), note="shown at the counter")
    (only,) = stored(app)
    assert (answer.status, answer.location) == (303, f"/evidence/{only.id}")
    assert (only.current.file_name, only.current.sha256) == (NAME, digest(content))
    assert only.note == "shown at the counter"
    ((subject, by, details),) = events("evidence.added")
    assert (subject, by, details["sha256"]) == (str(only.id), cast.contributor.id, digest(content))
    assert waiting(world) == []


def test_after_a_break_the_server_says_where_to_go_on(browse, cast):
    browser, content = browse(cast.contributor), pdf(1)
    assert arrived(browser, content) == 0
    send(browser, content, 0, 150)
    assert arrived(browse(cast.contributor), content) == 150


def test_a_piece_that_does_not_follow_is_refused_with_the_place_to_go_on(browse, cast):
    browser, content = browse(cast.contributor), pdf(1)
    send(browser, content, 0, 100)
    answer = send(browser, content, 150, 200)
    assert (answer.status, answer.response.json["arrived"]) == (409, 100)
    answer = send(browser, content, 50, 120, piece=(io.BytesIO(b"other bytes"), "blob"))
    assert (answer.status, answer.response.json["arrived"]) == (409, 100)
    assert arrived(browser, content) == 100


def test_a_piece_whose_answer_was_lost_may_come_again(browse, cast):
    browser, content = browse(cast.contributor), pdf(1)
    send(browser, content, 0, 100)
    assert send(browser, content, 0, 100).response.json == {"arrived": 100}
    assert arrived(browser, content) == 100


def test_what_one_person_sent_is_nothing_to_another(app, browse, cast):
    content = pdf(1)
    send(browse(cast.contributor), content)
    assert arrived(browse(cast.leader), content) == 0
    answer = finish(browse(cast.leader), cast, (NAME, content))
    assert answer.status == 422
    assert "did not arrive whole" in answer.error_texts()
    assert stored(app) == []


def test_half_a_file_is_never_stored(app, browse, cast, world):
    browser, content = browse(cast.contributor), pdf(1)
    send(browser, content, 0, 100)
    answer = finish(browser, cast, (NAME, content))
    assert answer.status == 422
    assert f"“\u2068{NAME}\u2069” did not arrive whole" in answer.error_texts()
    assert (stored(app), files_in(world)) == ([], [])


def test_bytes_that_are_not_what_was_announced_are_thrown_away(app, browse, cast, world):
    browser, content = browse(cast.contributor), pdf(1)
    send(browser, content, piece=(io.BytesIO(b"x" * len(content)), "blob"))
    assert finish(browser, cast, (NAME, content)).status == 422
    assert (stored(app), waiting(world)) == ([], [])


def test_all_checks_of_a_file_sent_whole_are_made(app, browse, cast, world, events):
    browser, bad = browse(cast.contributor), b"MZ" + bytes(300)
    for content in (pdf(1), bad):
        send(browser, content)
    answer = finish(browser, cast, (NAME, pdf(1)), ("b.pdf", bad), note="typed with care")
    assert answer.status == 422
    assert "“\u2068b.pdf\u2069”" in answer.error_texts()
    assert stored(app) == []
    ((_subject, by, details),) = events("evidence.refused")
    assert by == cast.contributor.id
    assert [one["file"] for one in details["files"]] == ["b.pdf"]
    # What was not refused need not be sent again.
    kept = answer.tree.xpath("//input[@name='arrived'][@checked]/@value")
    assert kept == [f"{digest(pdf(1))} {NAME}"]
    assert finish(browser, cast, (NAME, pdf(1))).status == 303


def test_a_refused_form_keeps_what_has_arrived(app, browse, cast):
    browser = browse(cast.contributor)
    send(browser, pdf(1))
    answer = finish(browser, cast, (NAME, pdf(1)), period_from_on="2026-02-30")
    assert answer.status == 422
    values = answer.values("/new")
    assert values["arrived"] == f"{digest(pdf(1))} {NAME}"
    assert browser.post(NEW, {**values, "period_from_on": ""}).status == 303
    assert [one.current.file_name for one in stored(app)] == [NAME]


def test_a_newer_version_may_come_in_pieces_too(app, browse, cast, put, world):
    id_ = put("a.pdf", pdf(1))
    browser = browse(cast.contributor)
    send(browser, pdf(2))
    answer = browser.post(f"/evidence/{id_}/versions", {"arrived": [f"{digest(pdf(2))} {NAME}"]})
    assert answer.status == 303
    assert stored(app)[0].current.sha256 == digest(pdf(2))
    assert waiting(world) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"sha256": "../../etc/passwd"},
        {"sha256": "A" * 64},
        {"size": "0"},
        {"size": "x"},
        {"offset": "-1"},
        {"offset": "99999"},
        {"size": "99"},
        {"piece": (io.BytesIO(b""), "blob")},
        {"piece": ""},
        {"sha256": ""},
    ],
)
def test_a_piece_that_cannot_be_used_is_refused(browse, cast, world, changed):
    answer = send(browse(cast.contributor), pdf(1), 0, 100, **changed)
    assert answer.status == 422
    assert answer.response.json["said"] == (
        "This piece of the file cannot be used. Choose the file again."
    )
    assert waiting(world) == []


def test_a_piece_may_not_be_a_whole_film(browse, cast, world):
    content = bytes(arriving.LARGEST_PIECE + 1)
    answer = send(browse(cast.contributor), content)
    answer.response.request.environ["wsgi.input"].close()
    assert answer.status == 422
    assert waiting(world) == []


def test_a_file_over_the_limit_is_refused_before_it_is_sent(browse, cast, world):
    size = world.settings.upload_limit + 1
    answer = send(browse(cast.contributor, "ar"), pdf(1), 0, 100, size=str(size))
    assert answer.status == 422
    assert "25" in answer.response.json["said"]
    assert waiting(world) == []


def test_a_hash_that_is_none_is_refused_in_words(browse, cast):
    answer = browse(cast.contributor).get(f"{PIECES}?sha256=..%2F..%2Fx")
    assert answer.status == 422


@pytest.mark.parametrize("who", ["observer", "programme_manager", "assessor", "decision_maker"])
def test_only_who_may_upload_may_send_pieces(browse, cast, world, who):
    browser = browse(getattr(cast, who))
    assert send(browser, pdf(1)).status == 403
    assert browser.get(f"{PIECES}?sha256={digest(pdf(1))}").status == 403
    assert waiting(world) == []


def test_nobody_stores_in_pieces_what_they_may_not_store_whole(app, browse, cast):
    browser = browse(cast.contributor)
    send(browser, pdf(1))
    answer = finish(browser, cast, (NAME, pdf(1)), department=str(cast.other_department))
    assert answer.status == 422
    assert stored(app) == []


def test_pieces_change_nothing_in_the_database(app, browse, cast):
    browser = browse(cast.contributor)
    with count_queries(app) as statements:
        send(browser, pdf(1))
        arrived(browser, pdf(1))
    kept = [one for one in writes(statements) if "allowance" not in one]
    assert kept == []


def test_one_person_has_only_so_many_files_waiting(tmp_path):
    folder = Arriving(tmp_path)
    for number in range(FILES_AT_ONCE):
        folder.add(1, Piece(digest(b"%d" % number), 1, 0, b"x"), limit=100, now=NOW)
    one_more = Piece(digest(b"more"), 1, 0, b"x")
    with pytest.raises(TooMuchWaitingError):
        folder.add(1, one_more, limit=100, now=NOW)
    assert folder.add(2, one_more, limit=100, now=NOW) == 1


def test_what_nobody_comes_back_for_is_gone_after_a_day(tmp_path):
    folder = Arriving(tmp_path)
    now = datetime.now(UTC)
    folder.add(1, Piece(digest(b"ab"), 2, 0, b"a"), limit=100, now=now)
    later = now + arriving.KEPT_FOR
    folder.add(2, Piece(digest(b"c"), 1, 0, b"c"), limit=100, now=later - timedelta(minutes=1))
    assert folder.arrived(1, digest(b"ab")) == 1
    folder.add(2, Piece(digest(b"d"), 1, 0, b"d"), limit=100, now=later + timedelta(minutes=1))
    assert folder.arrived(1, digest(b"ab")) == 0


def test_nobody_else_on_the_machine_reads_what_waits(tmp_path):
    folder = Arriving(tmp_path / "arriving")
    folder.add(1, Piece(digest(b"ab"), 2, 0, b"a"), limit=100, now=NOW)
    assert folder.root.stat().st_mode & 0o777 == 0o700
    assert next(folder.root.iterdir()).stat().st_mode & 0o777 == 0o600


def test_a_name_that_is_no_hash_opens_nothing(tmp_path):
    with pytest.raises(NotArrivedError):
        Arriving(tmp_path).open(1, "../x", "x.pdf")


def test_they_wait_outside_the_store(tmp_path):
    settings = load_settings({"ACCREDIT_MODE": "test", "ACCREDIT_DATA_DIR": str(tmp_path)})
    assert settings.arriving_dir.parent == settings.evidence_dir.parent
    assert settings.arriving_dir != settings.evidence_dir
