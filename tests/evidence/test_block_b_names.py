"""Block B, the fourteen names: a name is kept as its person wrote it, or refused; it is no path."""

from __future__ import annotations

import io
import unicodedata
from urllib.parse import unquote

import pytest

from accredit.evidence.pack import safe_names
from tests.evidence.conftest import download, pdf, sent
from tests.evidence.files import png
from tests.evidence.test_upload_page import NEW, files_in, stored, upload

NFC = unicodedata.normalize("NFC", "café.pdf")
NFD = unicodedata.normalize("NFD", "café.pdf")

#: What was sent, and what is kept: the names that are taken.
KEPT = {
    "01 Arabic": ("تقرير الجودة ٢٠٢٥.pdf", "تقرير الجودة ٢٠٢٥.pdf"),
    "04 upwards": ("../../x.pdf", "x.pdf"),
    "05 absolute": ("/etc/passwd.pdf", "passwd.pdf"),
    "08 reserved": ("CON.pdf", "CON.pdf"),
    "10 markup": ('"><img src=x onerror=1>.png', '"><img src=x onerror=1>.png'),
    "12 leading dash": ("-rf.pdf", "-rf.pdf"),
}
REFUSED = {
    "03 long": "ق" * 300 + ".pdf",
    "06 nul": "a\0.pdf",
    "07 stream": "x.pdf::$DATA",
    "09 override": "report\u202efdp.exe",
    "13 trailing": "report.pdf. ",
}


def case(name: str) -> object:
    return pytest.param(name, marks=pytest.mark.block("B", f"name {name}"))


@pytest.mark.parametrize("name", [case(name) for name in KEPT])
def test_a_name_comes_back_as_it_was_and_never_becomes_a_path(name, app, browse, cast, world, put):
    sent_name, kept = KEPT[name]
    if '"' in sent_name:
        # A browser would write the mark as %22; programs may not.
        put(sent_name, png())
    else:
        assert upload(browse(cast.contributor), cast, (sent_name, pdf())).status == 303
    (only,) = stored(app)
    assert only.current.file_name == kept
    assert len(files_in(world)) == 1
    assert all(len(part) == 62 for part in files_in(world))
    answer = download(browse(cast.leader), f"/evidence/{only.id}/versions/1/file")
    full = answer.headers["Content-Disposition"].rpartition("UTF-8''")[2]
    assert unquote(full) == kept
    page = browse(cast.leader).get(f"/evidence/{only.id}")
    assert not page.tree.xpath("//img[@onerror]")


@pytest.mark.parametrize("name", [case(name) for name in REFUSED])
def test_a_name_that_hides_what_it_is_is_refused(name, app, browse, cast, world):
    answer = upload(browse(cast.contributor), cast, (REFUSED[name], pdf()))
    # A zero byte is refused wherever it is sent, before any form is read.
    assert answer.status == (400 if "\0" in REFUSED[name] else 422)
    assert stored(app) == []
    assert files_in(world) == []


@pytest.mark.block("B", "name 02 twins")
def test_two_spellings_of_one_name_are_two_files_and_each_comes_back_as_it_was(app, browse, cast):
    upload(browse(cast.contributor), cast, (NFC, pdf(1)), (NFD, pdf(2)))
    first, second = stored(app)
    assert (first.current.file_name, second.current.file_name) == (NFC, NFD)
    assert NFC != NFD
    leader = browse(cast.leader)
    assert leader.get("/evidence/?q=cafe").text.count("caf") >= 2


@pytest.mark.block("B", "name 11 line break")
def test_a_line_break_in_a_name_writes_no_header(app, browse, cast, world):
    head = (
        b"--b\r\nContent-Disposition: form-data; name=files; "
        b'filename="a%0D%0ASet-Cookie: x=1.pdf"\r\n\r\n'
    )
    department = (
        b'--b\r\nContent-Disposition: form-data; name="department"\r\n\r\n%d\r\n' % cast.licensing
    )
    raw = (
        b"--b\r\nContent-Disposition: form-data; name=files; "
        b'filename="a\r\nSet-Cookie: x=1.pdf"\r\n\r\n'
    )
    browser = browse(cast.contributor)
    for part in (head, raw):
        body = department + part + pdf() + b"\r\n--b--\r\n"
        answer = post_raw(browser, body)
        assert answer.status_code in (303, 400, 413, 422)
        assert "x=1" not in answer.headers.get("Set-Cookie", "")
    for kept in stored(app):
        answer = download(browser, f"/evidence/{kept.id}/versions/1/file")
        assert "Set-Cookie" not in answer.headers or "x=1" not in answer.headers["Set-Cookie"]
        assert "\r" not in answer.headers["Content-Disposition"]


@pytest.mark.block("B", "name 14 empty")
def test_without_a_name_there_is_no_file(app, browse, cast):
    answer = browse(cast.contributor).post(
        NEW,
        {"department": str(cast.licensing), "files": [sent("", pdf())]},
        content_type="multipart/form-data",
    )
    assert answer.status == 422
    assert stored(app) == []


def post_raw(browser, body: bytes, **environment: object):
    answer = browser.client.post(
        NEW,
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type="multipart/form-data; boundary=b",
        environ_overrides=environment,
    )
    answer.close()
    return answer


NAMES = [sent_name for sent_name, _kept in KEPT.values()]


def test_failure_44_the_names_in_a_pack_are_safe_and_unique_on_every_system(app, browse, cast):
    from tests.evidence.test_pack import packed

    files = [packed(number, file_name=name) for number, name in enumerate(NAMES)]
    files += [packed(0, file_name="CON.pdf"), packed(0, file_name="con.PDF")]
    names = safe_names(files)
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert name.startswith("files/")
        assert ".." not in name.split("/")
        assert not set(name.removeprefix("files/")) & set('<>:"/\\|?*\u202e')


@pytest.mark.parametrize("page", ["", "?q=onerror", "?show=withdrawn"])
def test_failure_17_a_file_s_name_is_text_on_every_page_of_the_library(
    page, app, browse, cast, put
):
    put('"><img src=x onerror=1>.png', png())
    (only,) = stored(app)
    if "withdrawn" in page:
        browse(cast.leader).post(f"/evidence/{only.id}/withdraw", {"reason": "<b>wrong</b>"})
    for address in (f"/evidence/{page}", f"/evidence/{only.id}"):
        shown = browse(cast.leader).get(address)
        assert shown.status == 200
        assert not shown.tree.xpath("//*[@onerror] | //img[@src='x'] | //main//b")
