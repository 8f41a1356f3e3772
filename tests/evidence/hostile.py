"""The forty files of block B, each made by a few lines; `CANARY` stands for an address that
listens, so that a test sees whether anything is fetched from it."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Callable

from tests.evidence import files
from tests.evidence.files import PDF, archive, chunk, jpeg, office, office_parts, pdf_with, png

CANARY = b"127.0.0.1:CANARY"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ELF = b"\x7fELF\x02\x01\x01" + b"\0" * 200
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><sst>&j;</sst>"
)


def gps_jpeg(*, orientation: int = 6) -> bytes:
    """A photograph whose Exif tells how it was held and where it was taken."""
    gps = b"GPSLatitude 24 42 49.0 N"
    entries = struct.pack(">HHHIHH", 2, 0x0112, 3, 1, orientation, 0)
    entries += struct.pack(">HHII", 0x8825, 4, 1, 38) + struct.pack(">I", 0)
    tiff = b"MM\0*" + struct.pack(">I", 8) + entries + gps
    exif = files.segment(0xE1, b"Exif\0\0" + tiff)
    return jpeg().replace(b"\xff\xd8", b"\xff\xd8" + exif, 1)


def idat_bomb() -> bytes:
    header = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(b"\0" * 10_001) for _ in range(10_000)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def acting_pdf(action: bytes) -> bytes:
    return PDF.replace(b"/OpenAction[3 0 R/Fit]", b"/OpenAction<<" + action + b">>")


def flate_bomb() -> bytes:
    """A page whose contents are packed three times: 3 KB that would become some 4 GB."""
    data = b"\0" * (64 * 1024 * 1024)
    for _ in range(2):
        data = zlib.compress(data, 9)
    data = zlib.compress(data * 60, 9)
    stream = (
        b"4 0 obj<</Length %d/Filter[/FlateDecode/FlateDecode/FlateDecode]>>stream\n" % len(data)
        + data
        + b"\nendstream endobj"
    )
    return pdf_with(stream).replace(b"/MediaBox", b"/Contents 4 0 R/MediaBox")


def page_loop() -> bytes:
    return PDF.replace(b"/Kids[3 0 R]", b"/Kids[3 0 R 2 0 R]").replace(
        b"/Type/Page/Parent", b"/Type/Pages/Kids[2 0 R]/Count 1/Parent"
    )


def embedding_pdf() -> bytes:
    body = (
        b"5 0 obj<</Type/EmbeddedFile/Length 4>>stream\nMZ\0\0\nendstream endobj\n"
        b"6 0 obj<</Type/Filespec/F(run.exe)/EF<</F 5 0 R>>>>endobj"
    )
    names = b"/Names<</EmbeddedFiles<</Names[(run.exe) 6 0 R]>>>>"
    return pdf_with(body).replace(b"/OpenAction[3 0 R/Fit]", names)


def xxe_docx() -> bytes:
    document = (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "http://%s/x">]><d>&x;</d>' % CANARY
    )
    return archive({**office_parts("docx"), "main.xml": document})


def remote_template() -> bytes:
    link = files.relations(("attachedTemplate", f"http://{CANARY.decode()}/t.dotm", "External"))
    return office("docx", **{"word/_rels/settings.xml.rels": link})


def many_entries() -> bytes:
    target = io.BytesIO()
    import zipfile

    with zipfile.ZipFile(target, "w") as made:
        for number in range(70_000):
            made.writestr(zipfile.ZipInfo(str(number)), b"")
    return target.getvalue()


def overlap() -> bytes:
    data = bytearray(archive({"a": b"x" * 1000, "b": b"y"}))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(data)


def formula_csv() -> bytes:
    return b"name,count\n=cmd|'/c calc'!A1,1\n+1,2\n@SUM(A1),3\n"


#: Every file by its name, made when it is wanted.
FORTY: dict[str, Callable[[], bytes]] = {
    "01_empty.pdf": lambda: b"",
    "02_html_as_pdf.pdf": lambda: HTML,
    "03_page.html": lambda: HTML,
    "04_script.svg": lambda: SVG,
    "05_svg_as_png.png": lambda: SVG,
    "06_xhtml.xml": lambda: b'<html xmlns="http://www.w3.org/1999/xhtml"><script/></html>',
    "07_xslt.xml": lambda: b'<?xml-stylesheet type="text/xsl" href="#"?><x/>',
    "08_mhtml.mht": lambda: b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n" + HTML,
    "09_utf16_html.txt": lambda: HTML.decode().encode("utf-16"),
    "10_utf7_html.txt": lambda: b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "11_gif_js.gif": lambda: b"GIF89a/*" + b"\0" * 8 + b"*/=1;alert(1)",
    "12_pdf_html.pdf": lambda: b"%PDF-1.4\n" + HTML + PDF[9:],
    "13_pdf_zip.pdf": lambda: PDF + archive({"a.exe": b"MZ"}),
    "14_jpeg_php.jpg": lambda: jpeg(comment=b"<?php system($_GET[0]); ?>"),
    "15_pixel_bomb.png": lambda: png(60_000, 60_000),
    "16_idat_bomb.png": idat_bomb,
    "17_gps.jpg": gps_jpeg,
    "18_pdf_js.pdf": lambda: acting_pdf(b"/S/JavaScript/JS(app.alert(1))"),
    "19_pdf_launch.pdf": lambda: acting_pdf(b"/S/Launch/F(calc.exe)"),
    "20_pdf_uri.pdf": lambda: pdf_with(
        b"4 0 obj<</Type/Annot/Subtype/Link/A<</S/URI/URI(http://%s/u)>>>>endobj" % CANARY
    ),
    "21_flate_bomb.pdf": flate_bomb,
    "22_page_loop.pdf": page_loop,
    "23_truncated.pdf": lambda: PDF[:90],
    "24_pdf_exe_inside.pdf": embedding_pdf,
    "25_xxe.docx": xxe_docx,
    "26_remote_template.docx": remote_template,
    "27_macro.docx": lambda: office("docx", **{"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    "28_laughs.xlsx": lambda: office("xlsx", **{"xl/sharedStrings.xml": LAUGHS}),
    "29_ratio_bomb.zip": lambda: archive({"zeros": b"\0" * 30_000_000}),
    "30_nested.zip": lambda: archive({"a.zip": archive({"b.zip": archive({"c": b"\0" * 10**6})})}),
    "31_70000_entries.zip": many_entries,
    "32_slip.zip": lambda: archive({"../../etc/cron.d/x": b"* * * * * root true"}),
    "33_symlink.zip": lambda: archive({"a": b"/etc/passwd"}, attributes={"a": 0o120777 << 16}),
    "34_overlap.zip": overlap,
    "35_eicar.txt": lambda: EICAR,
    "36_report.pdf.exe": lambda: b"MZ" + b"\0" * 100,
    "37_elf.docx": lambda: ELF,
    "38_formula.csv": formula_csv,
    "39_gzip_bomb.csv.gz": lambda: gzip.compress(b"\0" * 20_000_000),
    "40_shortcut.lnk": lambda: b"L\0\0\0\x01\x14\x02\0" + b"\0" * 68,
}

#: Why each refused file is refused; the others are stored.
REASON = {
    "01_empty.pdf": "empty",
    "02_html_as_pdf.pdf": "other",
    "03_page.html": "type",
    "04_script.svg": "type",
    "05_svg_as_png.png": "other",
    "06_xhtml.xml": "type",
    "07_xslt.xml": "type",
    "08_mhtml.mht": "type",
    "11_gif_js.gif": "type",
    "12_pdf_html.pdf": "hiding",
    "13_pdf_zip.pdf": "hiding",
    "14_jpeg_php.jpg": "hiding",
    "15_pixel_bomb.png": "pixels",
    "16_idat_bomb.png": "pixels",
    "18_pdf_js.pdf": "active",
    "19_pdf_launch.pdf": "active",
    "21_flate_bomb.pdf": "swelling",
    "22_page_loop.pdf": "damaged",
    "23_truncated.pdf": "damaged",
    "24_pdf_exe_inside.pdf": "active",
    "25_xxe.docx": "hiding",
    "26_remote_template.docx": "remote",
    "27_macro.docx": "active",
    "28_laughs.xlsx": "hiding",
    "29_ratio_bomb.zip": "type",
    "30_nested.zip": "type",
    "31_70000_entries.zip": "type",
    "32_slip.zip": "type",
    "33_symlink.zip": "type",
    "34_overlap.zip": "type",
    "35_eicar.txt": "infected",
    "36_report.pdf.exe": "type",
    "37_elf.docx": "other",
    "39_gzip_bomb.csv.gz": "type",
    "40_shortcut.lnk": "type",
}
