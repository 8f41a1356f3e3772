"""Previews: the place that is cited, made harmless in the limited process."""

from __future__ import annotations

import io
import tempfile
import time
from datetime import date

import pytest
import xlsxwriter
from PIL import Image

from accredit.evidence import limited
from accredit.evidence.content import File
from accredit.evidence.preview import (
    MOST_COLUMNS,
    MOST_ROWS,
    WIDEST,
    Preview,
    divide,
    part_cited,
    words_cited,
)
from accredit.evidence.preview_making import MOST_KEPT, REST, Previews
from tests.evidence import hostile
from tests.evidence.files import HONEST, archive, office_parts
from tests.evidence.test_contents import docx, slides, written_pdf

SHEETS = ("Cases", "التعهدات", "Cases of 2026")


def shown(name: str, content: bytes, place: str = "", part: int | None = None) -> Preview | None:
    """What the limited process makes of a file that lies in the store."""
    with tempfile.TemporaryFile() as stored:
        stored.write(content)
        stored.flush()
        file = File("", name.rpartition(".")[2], stored, len(content))
        return limited.read_preview(file, stored, place=place, part=part)


def drawn(preview: Preview) -> Image.Image:
    picture = Image.open(io.BytesIO(preview.picture))
    assert picture.get_format_mimetype() == preview.media_type
    picture.load()
    return picture


def workbook() -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    for name in SHEETS:
        sheet = book.add_worksheet(name)
        sheet.write_row(1, 1, [name, "<b>x</b>", 0.5, True, '=HYPERLINK("https://x.example")'])
        sheet.write_datetime(2, 1, date(2026, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    long = book.add_worksheet("Long")
    for row in range(MOST_ROWS + 5):
        long.write_row(row, 0, range(MOST_COLUMNS + 3))
    book.close()
    return target.getvalue()


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("page 3", 3),
        ("Page: 3, second table", 3),
        ("table 2 on page 3", 3),
        ("pp. 3–4", 3),
        ("p.3", 3),
        ("3", 3),
        ("(٣)", 3),
        ("ص 3", 3),
        ("الصفحة ٣، جدول الالتزامات", 3),
        ("صفحة رقم ٣", 3),
        ("slide 3", 3),
        ("الشريحة 3", 3),
        ("", 1),
        ("page 99", 1),
        ("page 0", 1),
        ("section 3.2", 1),
        ("minute 3", 1),
        ("whole picture", 1),
        ("step 3 of the stage 2", 1),
    ],
)
def test_a_place_means_the_page_it_names(place, part):
    assert part_cited(place, 5) == part


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("sheet “Cases”, rows 4 to 40", 1),
        ("ورقة «التعهدات»", 2),
        ("التعهّدات", 2),
        ("Cases of 2026, column B", 3),
        ("showcases", 1),
        ("sheet 2", 2),
        ("rows 2 to 3", 1),
    ],
)
def test_a_place_means_the_sheet_it_names_and_the_longest_name_first(place, part):
    assert part_cited(place, len(SHEETS), SHEETS) == part


def test_what_a_place_quotes_is_found_as_it_stands_in_the_words():
    words = "Service charter\nIf a promise\nis not kept: call."
    assert words_cited("page 1, “if a promise is not kept”", words) == "If a promise\nis not kept"
    assert words_cited("service CHARTER", words) == "Service charter"
    assert words_cited("page 1, “.*”", words) == ""
    assert words_cited("", words) == ""


def test_a_long_text_is_divided_between_lines_and_loses_nothing():
    lines = "\n".join(f"line {number}" for number in range(500))
    parts = divide(lines, 700)
    assert all(len(part) <= 700 for part in parts)
    assert all(part.startswith("line") for part in parts)
    assert "".join(parts) == lines
    assert divide("x" * 1500, 700) == ["x" * 700, "x" * 700, "x" * 100]


def test_a_pdf_shows_the_cited_page_as_a_picture_with_its_words():
    content = written_pdf("The charter", "We answer within ten days", "The end")
    preview = shown("charter.pdf", content, "page 2, “ten days”")
    assert (preview.kind, preview.part, preview.count) == ("page", 2, 3)
    assert preview.words.strip() == "We answer within ten days"
    assert preview.cited == "ten days"
    picture = drawn(preview)
    assert WIDEST - 2 <= picture.width <= WIDEST
    assert picture.convert("L").getextrema() == (0, 255), "something is drawn on it"
    assert shown("charter.pdf", content, "page 2", part=3).part == 3
    assert shown("charter.pdf", content, "page 2", part=9).part == 2


def test_a_huge_page_is_drawn_small_and_a_tiny_one_is_drawn_at_all():
    for box in (b"[0 0 14400 14400]", b"[0 0 3 14400]", b"[0 0 1 1]"):
        picture = drawn(shown("a.pdf", HONEST["report.pdf"].replace(b"[0 0 72 72]", box)))
        assert picture.width * picture.height <= 4_100_000


def test_a_picture_is_drawn_anew_upright_and_without_what_else_was_in_it():
    target = io.BytesIO()
    turned = Image.Exif()
    turned[0x0112] = 6
    turned[0x010E] = "a secret remark"
    Image.new("RGB", (4000, 1000), "red").save(target, "JPEG", exif=turned)
    preview = shown("sign.jpg", target.getvalue())
    picture = drawn(preview)
    assert picture.width < picture.height, "it stands upright"
    assert b"secret" in target.getvalue()
    assert b"secret" not in preview.picture
    assert (preview.kind, preview.count) == ("", 1)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "I;16"])
def test_pictures_of_every_depth_are_shown_on_white(mode):
    target = io.BytesIO()
    colour = {"RGBA": (0, 0, 0, 0), "LA": (0, 0), "I;16": 65535}.get(mode, 1)
    made = Image.new(mode, (20, 10), colour)
    if mode == "P":
        made.putpalette([255] * 768)
    made.save(target, "PNG")
    picture = drawn(shown("a.png", target.getvalue()))
    assert picture.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_a_sheet_is_shown_with_the_rows_and_columns_people_cite():
    preview = shown("register.xlsx", workbook(), "ورقة «التعهدات»")
    assert (preview.kind, preview.part, preview.names) == ("sheet", 2, (*SHEETS, "Long"))
    assert preview.rows[0] == ("",) * 6, "row 1 is empty, and is there"
    assert preview.rows[1][:5] == ("", "التعهدات", "<b>x</b>", "0.5", "True")
    assert preview.rows[2][1] == "2026-03-01"
    assert not preview.cut


def test_of_a_long_sheet_the_beginning_is_shown_and_it_says_so():
    preview = shown("register.xlsx", workbook(), "sheet Long")
    assert (len(preview.rows), len(preview.rows[0])) == (MOST_ROWS, MOST_COLUMNS)
    assert preview.cut


def test_a_csv_is_a_table_in_whichever_encoding_and_with_whichever_sign():
    rows = (("الشهر", "العدد"), ("يناير; فبراير", "14"))
    for text, encoding in (
        ('الشهر;العدد\r\n"يناير; فبراير";14\r\n', "utf-8-sig"),
        ("الشهر\tالعدد\nيناير; فبراير\t14\n", "utf-16"),
        ("الشهر,العدد\nيناير; فبراير,14\n", "cp1256"),
    ):
        assert shown("a.csv", text.encode(encoding)).rows == rows


def test_a_document_is_words_with_each_row_of_a_table_in_one_line():
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    row = f"<w:tr>{cell.format('Owner')}{cell.format('Mona')}</w:tr>"
    table = f"<w:p><w:t>Meeting</w:t></w:p><w:tbl>{row}{row}</w:tbl>"
    body = f'<w:document xmlns:w="x">{table}</w:document>'
    made = archive({**office_parts("docx"), "word/document.xml": body.encode()})
    assert shown("minutes.docx", made).words == "Meeting\nOwner | Mona\nOwner | Mona"


def test_slides_are_shown_one_by_one():
    preview = shown("day.pptx", slides("Aims", "Results", "Thanks"), "الشريحة ٢")
    assert (preview.kind, preview.part, preview.count, preview.words) == ("slide", 2, 3, "Results")


def test_an_open_document_and_a_plain_text_are_words():
    body = b'<d xmlns:t="x"><t:p>First<t:s/>line</t:p><t:p>Second</t:p></d>'
    assert shown("a.odt", archive({"content.xml": body})).words == "First line\nSecond"
    assert shown("a.txt", "سطر\r\nوآخر".encode("cp1256")).words == "سطر\nوآخر"


def test_a_long_document_is_shown_from_the_part_that_the_place_quotes():
    lines = [f"Paragraph number {number} says what it says." for number in range(2_000)]
    preview = shown("long.docx", docx(*lines), "“number 1500 says”")
    assert preview.count > 3
    assert preview.cited == "number 1500 says"
    assert "Paragraph number 1500 " in preview.words
    assert preview.part > 1


@pytest.mark.parametrize("name", ["figures.xlsx", "figures.ods", "counter.jpg"])
def test_what_only_looks_like_what_its_ending_says_is_none_and_no_error(name):
    assert shown(name, HONEST[name]) is None


@pytest.mark.parametrize("name", [name for name in hostile.FORTY if name.endswith("pdf")])
def test_failure_54_a_hostile_pdf_is_bounded_in_time_and_in_what_comes_of_it(name):
    """It was never taken; but whoever changes what lies in the store must not reach further."""
    started = time.monotonic()
    preview = shown("a.pdf", hostile.FORTY[name]())
    assert preview is None or drawn(preview).width <= WIDEST
    assert time.monotonic() - started < 15


def test_after_a_file_that_ended_the_process_the_next_is_shown():
    limited._reader.stop()
    assert shown("a.pdf", b"%PDF-1.7 nothing") is None
    assert shown("a.txt", b"still here").words == "still here"


def test_what_was_made_is_kept_by_its_hash_and_the_least_used_is_forgotten():
    kept = Previews()
    picture = Preview("page", 1, 1, media_type="image/png", picture=b"x" * (MOST_KEPT // 3))
    for name in "abc":
        kept.keep((name, "pdf", "", None), picture, 0.0)
    assert kept.find(("a", "pdf", "", None), 0.0) == (True, picture)
    kept.keep(("d", "pdf", "", None), picture, 0.0)
    assert kept.find(("b", "pdf", "", None), 0.0) == (False, None)
    assert kept.find(("a", "pdf", "", None), 0.0) == (True, picture)
    assert kept.find(("a", "pdf", "", 2), 0.0) == (False, None)


def test_a_file_that_could_not_be_shown_is_tried_again_after_a_rest():
    kept = Previews()
    key = ("a", "pdf", "", None)
    kept.keep(key, None, 100.0)
    assert kept.find(key, 100.0 + REST) == (True, None)
    assert kept.find(key, 101.0 + REST) == (False, None)
