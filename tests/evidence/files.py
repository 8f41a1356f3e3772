"""Files made byte by byte: honest ones of every kind, and the parts to make hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R/Fit]>>endobj\n"
    b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\n"
    b"trailer<</Root 1 0 R/Size 4>>\nstartxref\n170\n%%EOF\n"
)


def pdf_with(body: bytes) -> bytes:
    return PDF.replace(b"trailer", body + b"\ntrailer")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 2, height: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\0\0" * 2)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(width: int = 2, height: int = 2, *, comment: bytes = b"a photograph") -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    app0 = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
    return b"\xff\xd8" + app0 + segment(0xFE, comment) + segment(0xC0, frame) + scan + b"\xff\xd9"


def archive(
    parts: dict[str, bytes], *, stored: bool = False, attributes: dict[str, int] | None = None
) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            entry.external_attr = (attributes or {}).get(name, 0)
            made.writestr(entry, content)
    return target.getvalue()


TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Override PartName="/main.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.{}.main+xml"/>{}</Types>'
)
MAIN = {
    "docx": "wordprocessingml.document",
    "xlsx": "spreadsheetml.sheet",
    "pptx": "presentationml.presentation",
}


def office_parts(kind: str = "docx", *, more_types: str = "", **parts: bytes) -> dict[str, bytes]:
    return {
        "[Content_Types].xml": TYPES.format(MAIN[kind], more_types).encode(),
        "_rels/.rels": relations(("officeDocument", "main.xml", "")),
        "main.xml": b"<?xml version='1.0'?><document/>",
        **parts,
    }


def office(kind: str = "docx", *, more_types: str = "", **parts: bytes) -> bytes:
    return archive(office_parts(kind, more_types=more_types, **parts))


def relations(*links: tuple[str, str, str]) -> bytes:
    """A relationships part; each link is (type, target, "External" or "")."""
    inside = "".join(
        f'<Relationship Id="r{number}" Type="http://schemas.openxmlformats.org/officeDocument/'
        f'2006/relationships/{kind}" Target="{target}"'
        f"{f' TargetMode={chr(34)}{mode}{chr(34)}' if mode else ''}/>"
        for number, (kind, target, mode) in enumerate(links)
    )
    return f"<?xml version='1.0'?><Relationships>{inside}</Relationships>".encode()


def open_document(kind: str = "text", **parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        first = zipfile.ZipInfo("mimetype")
        made.writestr(first, f"application/vnd.oasis.opendocument.{kind}")
        made.writestr("META-INF/manifest.xml", b"<manifest/>")
        made.writestr("content.xml", b"<content/>")
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


def box(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data) + 8) + name + data


MP4 = box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", b"\0" * 40) + box(b"mdat", b"\x17" * 64)


def mp3(frames: int = 6, *, tag: bytes = b"") -> bytes:
    # 128 kbit/s at 44,100 samples a second: 417 bytes a frame.
    frame = b"\xff\xfb\x90\x00" + b"\x55" * 413
    head = b"ID3\x04\0\0" + bytes([0, 0, len(tag) >> 7, len(tag) & 127]) + tag if tag else b""
    return head + frame * frames


CSV = "التاريخ,العدد\n2025-10-01,14\n".encode()

HONEST = {
    "report.pdf": PDF,
    "letter.docx": office("docx"),
    "figures.xlsx": office("xlsx"),
    "slides.pptx": office("pptx"),
    "letter.odt": open_document("text"),
    "figures.ods": open_document("spreadsheet"),
    "slides.odp": open_document("presentation"),
    "counter.png": png(),
    "counter.jpg": jpeg(),
    "counter.JPEG": jpeg(),
    "notes.txt": "ملاحظات الاجتماع\n".encode(),
    "figures.csv": CSV,
    "call.mp4": MP4,
    "call.m4a": MP4,
    "call.mp3": mp3(tag=b"a title"),
}
