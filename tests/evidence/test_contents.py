"""Finding evidence by what its files say, in both languages, and only one's own."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.evidence.content import File
from accredit.evidence.search import _BROKEN, fold, snippet, stems
from accredit.evidence.texts import read_parts
from tests.evidence.conftest import pdf
from tests.evidence.files import archive, office_parts

WORD = b'<w:document xmlns:w="x"><w:body>%s</w:body></w:document>'


def docx(*lines: str) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines).encode()
    return archive({**office_parts("docx"), "word/document.xml": WORD % body})


def written_pdf(*pages: str) -> bytes:
    from reportlab.pdfgen import canvas

    target = io.BytesIO()
    drawing = canvas.Canvas(target, invariant=1)
    for text in pages:
        drawing.drawString(72, 720, text)
        drawing.showPage()
    drawing.save()
    return target.getvalue()


def workbook(**sheets: list[str]) -> bytes:
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    for name, rows in sheets.items():
        book.add_worksheet(name).write_column(0, 0, rows)
    book.close()
    return target.getvalue()


def slides(*texts: str) -> bytes:
    parts = {
        f"ppt/slides/slide{number}.xml": f'<p:sld xmlns:p="p"><p:t>{text}</p:t></p:sld>'.encode()
        for number, text in enumerate(texts, 1)
    }
    return archive({**office_parts("pptx"), **parts})


FILES = {
    "charter.pdf": (
        written_pdf("The charter", "We answer complaints within ten days"),
        "page",
        "2",
    ),
    "letter.docx": (docx("Dear customer", "complaints are answered"), "", ""),
    "figures.xlsx": (
        workbook(Summary=["total"], Complaints=["complaints by month"]),
        "sheet",
        "Complaints",
    ),
    "talk.pptx": (slides("Welcome", "Our complaints"), "slide", "2"),
    "notes.txt": (b"minutes: complaints rose", "", ""),
    "list.csv": ("complaints;الشكاوى\n1;2\n".encode(), "", ""),
}


def parts_of(name: str, content: bytes):
    ending = name.rpartition(".")[2]
    return read_parts(File(name, ending, io.BytesIO(content), len(content)))


@pytest.mark.parametrize("name", FILES)
def test_each_kind_of_file_gives_its_words_with_their_place(name):
    content, kind, label = FILES[name]
    found = [part for part in parts_of(name, content) if "omplaints" in part.text]
    assert [(part.kind, part.label) for part in found] == [(kind, label)]


def test_text_in_an_older_encoding_is_read():
    (part,) = parts_of("list.csv", "الشكاوى;2".encode("cp1256"))
    assert part.text == "الشكاوى;2"


def test_a_document_with_too_much_text_is_read_as_far_as_it_goes(monkeypatch):
    from accredit.evidence import texts

    monkeypatch.setattr(texts, "MOST_LETTERS", 1000)
    (part,) = parts_of("a.txt", b"word " * 10_000)
    assert len(part.text) <= 1000


def test_a_damaged_part_ends_the_words_and_nothing_else():
    content = archive({**office_parts("docx"), "word/document.xml": b"<w:p>some<broken"})
    assert parts_of("a.docx", content)[0].text == "some"


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("مؤسسات", "مؤسسة"),
        ("والمؤسسات", "مؤسسة"),
        ("خدماتنا", "خدمة"),
        ("الشكاوى", "شكوى"),
        ("التقارير", "تقرير"),
        ("السياسات", "سياسة"),
        ("للمتعاملين", "متعامل"),
        ("الأداء", "اداء"),
        ("complaints", "complaint"),
        ("surveyed", "surveys"),
    ],
)
def test_forms_of_one_word_share_a_stem(written, asked):
    assert stems(fold(written)) & stems(fold(asked))


@pytest.mark.parametrize(
    ("one", "other"), [("عميل", "عمل"), ("خدمة", "خدعة"), ("policy", "police")]
)
def test_words_that_only_look_alike_share_none(one, other):
    assert not stems(fold(one)) & stems(fold(other))


@given(st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإآؤئ", min_size=1, max_size=12))
def test_every_word_has_stems_and_they_are_short(word):
    assert all(len(stem) <= len(fold(word)) + 2 for stem in stems(fold(word)))


@pytest.mark.parametrize("plural", sorted(_BROKEN))
def test_every_listed_plural_is_found_by_its_singular(plural):
    assert stems(plural) & stems(_BROKEN[plural])


def test_a_passage_marks_what_was_found_and_shows_words_around_it():
    found = snippet("one two three الشكاوى five six", ["شكوي"], around=1)
    assert [piece for piece, wanted in found.pieces if wanted] == ["الشكاوى"]
    assert "".join(piece for piece, _ in found.pieces).strip() == "… three الشكاوى five …"


class TestThePage:
    def test_it_finds_a_file_by_what_it_says_and_names_the_page(self, browse, cast, put):
        put("charter.pdf", FILES["charter.pdf"][0])
        put("other.pdf", pdf())
        page = browse(cast.leader).get("/evidence/?q=complaint+days")
        assert "charter.pdf" in page.text
        assert "other.pdf" not in page.text
        assert "Page 2:" in page.text
        assert [mark.text for mark in page.tree.xpath("//mark")] == ["complaints", "days"]

    def test_it_finds_arabic_however_it_is_written(self, browse, cast, put):
        put("رسالة.docx", docx("نلتزم بالردّ على شكاوى المتعاملين خلال ١٠ أيام"))
        for asked in ("الشكوى", "متعامل", "شكاوي", "10", "المتعاملين أيام"):
            assert "رسالة" in browse(cast.leader, "ar").get(f"/evidence/?q={asked}").text, asked
        assert "رسالة" not in browse(cast.leader, "ar").get("/evidence/?q=مورد").text

    def test_the_newest_file_is_searched_and_not_the_one_before(self, browse, cast, put):
        number = put("notes.txt", b"walrus")
        browse(cast.leader).post(
            f"/evidence/{number}/versions", {"files": (io.BytesIO(b"penguin"), "notes.txt")}
        )
        leader = browse(cast.leader)
        assert "notes" in leader.get("/evidence/?q=penguin").text
        assert "Nothing was found" in leader.get("/evidence/?q=walrus").text

    def test_a_changed_title_and_note_are_found_by_their_stems(self, browse, cast, put):
        number = put("a.pdf")
        leader = browse(cast.leader)
        values = leader.get(f"/evidence/{number}/edit").values("edit")
        leader.post(f"/evidence/{number}/edit", {**values, "title": "سياسات الخدمة", "note": ""})
        assert "سياسات" in leader.get("/evidence/?q=سياسة").text

    @pytest.mark.parametrize(
        "who", ["stranger_leader", "stranger_manager", "contact_leader", "assessor"]
    )
    def test_nobody_finds_the_words_of_others(self, browse, cast, put, who):
        put("secret.txt", b"walrus in the canteen")
        page = browse(getattr(cast, who)).get("/evidence/?q=walrus")
        assert "canteen" not in page.text
        assert "secret" not in page.text

    def test_what_a_file_says_is_text_on_the_page(self, browse, cast, put):
        put("x.txt", b"<img src=x onerror=alert(1)> walrus <script>alert(1)</script>")
        page = browse(cast.leader).get("/evidence/?q=walrus")
        assert page.tree.xpath("//mark")
        assert not page.tree.xpath("//*[@onerror] | //main//script")


def test_the_words_of_a_hundred_pages_are_kept_and_found(browse, cast, put):
    put("long.pdf", written_pdf(*(f"page about subject{number}" for number in range(100))))
    assert "Page 97:" in browse(cast.leader).get("/evidence/?q=subject96").text


def test_the_file_of_a_test_is_what_it_says():
    assert zipfile.is_zipfile(io.BytesIO(docx("x")))
