"""Block B, ten ways to misuse the protocol of an upload: nothing is stored that was not meant."""

from __future__ import annotations

import io
import resource
import time

import pytest

from tests.evidence.conftest import download, pdf
from tests.evidence.test_block_b_names import post_raw
from tests.evidence.test_upload_page import files_in, stored, upload


def part(name: str, content: bytes, *more: str, filename: str | None = None) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"'
    if filename is not None:
        head += f'; filename="{filename}"'
    return "\r\n".join(["--b", head, *more, "", ""]).encode() + content + b"\r\n"


def department(cast) -> bytes:
    return part("department", str(cast.licensing).encode())


END = b"--b--\r\n"


@pytest.mark.block("B", "protocol 01 no filename")
def test_a_file_without_a_name_is_no_file(app, browse, cast):
    answer = post_raw(browse(cast.contributor), department(cast) + part("files", pdf()) + END)
    assert answer.status_code == 422
    assert stored(app) == []


@pytest.mark.block("B", "protocol 02 two files in one field")
def test_two_files_in_one_field_are_two_pieces(app, browse, cast):
    body = department(cast) + part("files", pdf(1), filename="a.pdf")
    body += part("files", pdf(2), filename="b.pdf") + END
    assert post_raw(browse(cast.contributor), body).status_code == 303
    assert [one.title for one in stored(app)] == ["a", "b"]


@pytest.mark.block("B", "protocol 03 1,001 parts")
def test_failure_55_more_parts_than_a_form_has_are_refused(app, browse, cast):
    body = department(cast) + part("x", b"1") * 1001 + part("files", pdf(), filename="a.pdf") + END
    assert post_raw(browse(cast.contributor), body).status_code == 413
    assert stored(app) == []


@pytest.mark.block("B", "protocol 04 a field of 600 KB")
def test_a_note_of_600_kb_is_refused(app, browse, cast):
    body = department(cast) + part("note", b"x" * 600_000)
    body += part("files", pdf(), filename="a.pdf") + END
    assert post_raw(browse(cast.contributor), body).status_code in (413, 422)
    assert stored(app) == []


@pytest.mark.block("B", "protocol 05 longer than announced")
def test_what_comes_after_the_announced_length_is_not_read(app, browse, cast, world):
    body = department(cast) + part("files", pdf(), filename="a.pdf") + END
    longer = body + part("files", pdf(2), filename="b.pdf") + END
    answer = post_raw(browse(cast.contributor), longer, CONTENT_LENGTH=str(len(body)))
    assert answer.status_code == 303
    assert [one.title for one in stored(app)] == ["a"]


@pytest.mark.block("B", "protocol 07 another type in the part")
def test_the_type_that_a_sender_claims_is_ignored(app, browse, cast):
    body = department(cast)
    body += part("files", pdf(), "Content-Type: text/html", filename="a.pdf") + END
    assert post_raw(browse(cast.contributor), body).status_code == 303
    (only,) = stored(app)
    answer = download(browse(cast.leader), f"/evidence/{only.id}/versions/1/file")
    assert answer.headers["Content-Type"] == "application/pdf"


# Werkzeug leaves the half part it had begun to the collector of garbage.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.block("B", "protocol 08 1 KB announced, 30 MB sent")
def test_of_30_mb_behind_an_announced_kilobyte_nothing_is_stored(app, browse, cast, world):
    body = department(cast) + part("files", b"x" * 30_000_000, filename="a.txt") + END
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = post_raw(browse(cast.contributor), body, CONTENT_LENGTH="1024")
    assert answer.status_code in (400, 422)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert stored(app) == []
    assert files_in(world) == []


@pytest.mark.block("B", "protocol 09 20 MB of line breaks")
def test_failure_55_a_part_that_begins_with_line_breaks_takes_no_longer(app, browse, cast):
    body = department(cast) + part("files", b"\r" + b"\n" * 20_000_000, filename="a.txt") + END
    started = time.monotonic()
    answer = post_raw(browse(cast.contributor), body)
    assert answer.status_code in (303, 422)
    assert time.monotonic() - started < 10


@pytest.mark.block("B", "protocol 10 the same file again")
def test_nobody_learns_that_another_organisation_has_the_same_file(app, browse, cast, world, put):
    mine = put("secret-plan.pdf", pdf(5))
    answer = browse(cast.stranger_leader).post(
        "/evidence/new",
        {
            "department": str(cast.other_department),
            "files": [(io.BytesIO(pdf(5)), "ours.pdf")],
        },
        content_type="multipart/form-data",
    )
    assert answer.status == 303
    assert len(files_in(world)) == 1
    assert len(stored(app)) == 2
    page = browse(cast.stranger_leader).get(answer.location)
    assert "secret-plan" not in page.text
    assert browse(cast.stranger_leader).get(f"/evidence/{mine}").status == 404


def test_failure_13_a_refused_newer_version_leaves_the_older_file_in_place(
    app, browse, cast, put, events
):
    number = put("charter.pdf", pdf(1))
    answer = browse(cast.leader).post(
        f"/evidence/{number}/versions", {"files": (io.BytesIO(b"MZ"), "x.exe")}
    )
    assert answer.status == 422
    assert download(browse(cast.leader), f"/evidence/{number}/versions/1/file").body == pdf(1)
    assert len(events("evidence.refused")) == 1
    assert upload(browse(cast.leader), cast, ("more.pdf", pdf(2))).status == 303
