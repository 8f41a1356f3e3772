"""Block B, eight ways to a stored file that must not open."""

from __future__ import annotations

import dataclasses
import hashlib
import io

import pytest

from accredit.evidence.bucket import BucketStore
from tests.evidence.conftest import download, pdf
from tests.evidence.test_upload_page import stored, upload

FILE = "/evidence/{}/versions/1/file"


@pytest.mark.block("B", "serving 1 without signing in")
def test_a_direct_address_opens_nothing_for_a_stranger(browse, put):
    answer = browse().get(FILE.format(put()))
    assert answer.status == 303
    assert b"%PDF" not in answer.body


@pytest.mark.block("B", "serving 2 another organisation")
def test_for_another_organisation_there_is_no_such_file(browse, cast, put):
    answer = browse(cast.stranger_manager).get(FILE.format(put()))
    assert answer.status == 404


@pytest.mark.block("B", "serving 3 after withdrawal")
def test_a_withdrawn_file_stays_readable_for_those_who_judged_by_it_and_for_no_others(
    browse, cast, put
):
    number = put()
    browse(cast.leader).post(f"/evidence/{number}/withdraw", {"reason": "wrong month"})
    assert download(browse(cast.observer), FILE.format(number)).status == 200
    assert browse(cast.stranger_leader).get(FILE.format(number)).status == 404


@pytest.mark.block("B", "serving 4 a part of a file")
@pytest.mark.parametrize(
    ("asked", "status", "length"),
    [("bytes=0-3", 206, 4), ("bytes=-5", 206, 5), ("bytes=999999-", 416, None), ("x", 416, None)],
)
def test_a_part_is_served_by_the_same_rules(browse, cast, put, asked, status, length):
    number = put()
    answer = download(browse(cast.leader), FILE.format(number), headers={"Range": asked})
    assert answer.status == status
    if status == 206:
        assert len(answer.body) == length
    if status in (200, 206):
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (
        browse(cast.stranger_leader).get(FILE.format(number), headers={"Range": asked}).status
        == 404
    )


@pytest.mark.block("B", "serving 5 asked to open in the page")
@pytest.mark.parametrize("query", ["?download=0", "?inline=1", "?disposition=inline", "?as=html"])
def test_failure_20_nothing_in_the_address_makes_a_file_open_in_the_page(browse, cast, put, query):
    answer = download(browse(cast.leader), FILE.format(put()) + query)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.block("B", "serving 6 thumbnails")
def test_no_page_shows_an_uploaded_picture(app, browse, cast):
    from tests.evidence.hostile import gps_jpeg

    upload(browse(cast.contributor), cast, ("counter.jpg", gps_jpeg()))
    (only,) = stored(app)
    for address in ("/evidence/", f"/evidence/{only.id}"):
        page = browse(cast.leader).get(address)
        assert not page.tree.xpath("//main//img | //main//object | //main//embed | //main//iframe")
    # And none could: every address of a file answers with something to keep.
    answer = download(browse(cast.leader), FILE.format(only.id))
    assert answer.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.block("B", "serving 7 an address of the bucket")
def test_no_address_of_a_bucket_is_ever_given_away(app, browse, cast, bucket):
    """Stronger than a signed address that lives 60 s: the file passes through the application."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = dataclasses.replace(before, bucket=bucket)
    try:
        assert upload(browse(cast.contributor), cast, ("charter.pdf", pdf(8))).status == 303
        (only,) = stored(app)
        leader = browse(cast.leader)
        answer = download(leader, FILE.format(only.id))
        assert (answer.status, answer.body, answer.location) == (200, pdf(8), "")
        part = download(leader, FILE.format(only.id), headers={"Range": "bytes=0-3"})
        assert (part.status, part.body) == (206, b"%PDF")
        for page in (leader.get("/evidence/"), leader.get(f"/evidence/{only.id}")):
            assert bucket.endpoint.encode() not in page.body
            assert b"X-Amz" not in page.body
        leader.client.delete_cookie("session")
        assert leader.get(FILE.format(only.id)).status == 303
        # What lies there is the file, under its hash, and an anonymous request gets nothing.
        digest = hashlib.sha256(pdf(8)).hexdigest()
        assert BucketStore(bucket).has(digest)
    finally:
        app.config["SETTINGS"] = before


@pytest.mark.block("B", "serving 8 the hash on the trail")
def test_the_hash_on_the_trail_is_that_of_the_bytes_served(browse, cast, put, events):
    number = put(content=pdf(3))
    ((_subject, _by, details),) = events("evidence.added")
    answer = download(browse(cast.leader), FILE.format(number))
    assert hashlib.sha256(answer.body).hexdigest() == details["sha256"]
    assert answer.headers["ETag"] == f'"{details["sha256"]}"'


def test_a_file_whose_bytes_changed_on_disk_is_refused_and_the_log_names_it(
    app, browse, cast, put, store, caplog
):
    number = put(content=pdf(4))
    path = store.path(hashlib.sha256(pdf(4)).hexdigest())
    path.chmod(0o600)
    path.write_bytes(pdf(4).replace(b"1.4", b"1.5"))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        answer = browse(cast.leader).get(FILE.format(number))
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status == 500
    assert b"%PDF" not in answer.body
    assert f"evidence {number} version 1" in caplog.text


def test_with_the_bucket_down_nothing_is_acknowledged(app, browse, cast):
    from accredit.config import Bucket

    before = app.config["SETTINGS"]
    nowhere = Bucket("evidence", "", "http://127.0.0.1:9", "us-east-1", "a", "b")
    app.config["SETTINGS"] = dataclasses.replace(before, bucket=nowhere)
    try:
        answer = upload(browse(cast.contributor), cast, ("charter.pdf", pdf(9)))
    finally:
        app.config["SETTINGS"] = before
    assert answer.status == 503
    assert stored(app) == []


def test_the_bucket_keeps_content_under_its_hash_and_gives_it_back(bucket):
    store = BucketStore(bucket)
    content = b"minutes of the customer council\n" * 40_000
    blob = store.put(io.BytesIO(content), limit=len(content))
    assert blob == store.put(io.BytesIO(content), limit=len(content))
    with store.open_checked(blob.sha256) as kept:
        assert kept.read() == content
    assert blob.sha256 in {kept.sha256 for kept in store.everything()}


def test_the_bucket_leaves_nothing_of_what_is_too_long(bucket):
    from accredit.evidence.store import TooLargeError

    store = BucketStore(bucket)
    with pytest.raises(TooLargeError):
        store.put(io.BytesIO(b"unique and too long" * 100), limit=100)
    digest = hashlib.sha256(b"unique and too long" * 100).hexdigest()
    assert not store.has(digest)
