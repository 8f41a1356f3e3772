"""A pack of evidence: whole, the same every time, and checked without us."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest

from accredit.evidence.pack import (
    LostFilesError,
    Packed,
    Use,
    plain_cell,
    verify_pack,
    write_pack,
)
from tests.evidence.conftest import AT, pdf


def packed(number: int, *, file_name: str = "charter.pdf", **changes) -> Packed:
    content = pdf(number)
    values = {
        "evidence": number,
        "version": 1,
        "title": f"Charter {number}",
        "kind": "policy",
        "file_name": file_name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "uploaded_at": AT,
        "covers_from": "2025-01-01",
        "covers_to": "",
        "withdrawn_reason": "",
        "uses": (Use("1.1", "page 2"),),
    }
    return Packed(**{**values, **changes})


@pytest.fixture
def pack(world, app, store, tmp_path):
    files = [packed(1), packed(2, title="=cmd|' /c calc'!A1"), packed(3, file_name="تقرير.pdf")]
    for file in files:
        store.put(io.BytesIO(pdf(file.evidence)), limit=10_000)
    path = tmp_path / "pack.zip"
    with path.open("wb") as target:
        write_pack(target, store, files, {"assessment": 7})
    return path


def rewritten(path, change):
    """The pack with its parts as `change` makes them from {name: content}."""
    with zipfile.ZipFile(path) as before:
        parts = {name: before.read(name) for name in before.namelist()}
    other = path.with_name("other.zip")
    with zipfile.ZipFile(other, "w") as after:
        for name, content in change(parts).items():
            after.writestr(name, content)
    return other


def test_it_holds_every_file_with_its_hash_and_what_it_supports(pack):
    answer = verify_pack(pack)
    assert (answer.files, answer.faults, answer.about) == (3, (), {"assessment": 7})
    with zipfile.ZipFile(pack) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        first = manifest["files"][0]
        assert first["supports"] == [{"element": "1.1", "place": "page 2"}]
        assert hashlib.sha256(opened.read(first["path"])).hexdigest() == first["sha256"]
        assert manifest["files"][2]["file_name"] == "تقرير.pdf"


def test_the_same_evidence_makes_the_same_bytes(pack, store, app):
    again = io.BytesIO()
    files = [packed(1), packed(2, title="=cmd|' /c calc'!A1"), packed(3, file_name="تقرير.pdf")]
    write_pack(again, store, files, {"assessment": 7})
    assert again.getvalue() == pack.read_bytes()


def test_its_table_holds_no_formula(pack):
    with zipfile.ZipFile(pack) as opened:
        rows = list(csv.reader(io.StringIO(opened.read("files.csv").decode("utf-8-sig"))))
    assert rows[2][1] == "'=cmd|' /c calc'!A1"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1", " =1", "\u00a0=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(cell):
    assert plain_cell(cell).startswith("'")


def test_a_pack_without_one_of_its_files_is_not_made_and_every_lost_file_is_named(pack, store, app):
    files = [packed(1), packed(2), packed(3)]
    store.path(files[0].sha256).unlink()
    store.path(files[2].sha256).write_bytes(b"something else")
    target = io.BytesIO()
    with pytest.raises(LostFilesError) as caught:
        write_pack(target, store, files, {"assessment": 7})
    assert [(lost.file.evidence, lost.altered) for lost in caught.value.files] == [
        (1, False),
        (3, True),
    ]


FILE_1 = "files/1-1 charter.pdf"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda parts: {**parts, FILE_1: parts[FILE_1][:-1] + b" "}, f"{FILE_1}: altered"),
        (lambda parts: {**parts, FILE_1: parts[FILE_1] + b"x"}, f"{FILE_1}: altered"),
        (lambda parts: {k: v for k, v in parts.items() if k != FILE_1}, f"{FILE_1}: missing"),
        (lambda parts: {**parts, "files/more.pdf": b"x"}, "'files/more.pdf': not listed"),
        (
            lambda parts: {
                **parts,
                "manifest.json": parts["manifest.json"].replace(b"page 2", b"page 3"),
            },
            "manifest.json: altered",
        ),
        (lambda parts: {**parts, "files.csv": b"file\n"}, "files.csv: does not say"),
        (
            lambda parts: {k: v for k, v in parts.items() if k != "manifest.json"},
            "no evidence pack",
        ),
    ],
)
def test_whatever_is_altered_is_named(pack, change, said):
    answer = verify_pack(rewritten(pack, change))
    assert not answer.is_good
    assert any(said in fault for fault in answer.faults), answer.faults


def test_failure_43_every_byte_that_changes_is_seen_or_changes_nothing(pack):
    whole = pack.read_bytes()
    about = verify_pack(pack)
    for place in range(0, len(whole), max(1, len(whole) // 300)):
        broken = bytearray(whole)
        broken[place] ^= 0x55
        path = pack.with_name("broken.zip")
        path.write_bytes(broken)
        answer = verify_pack(path)
        if answer.is_good:
            # Only what says nothing of the content: a time, a flag of the archive.
            with zipfile.ZipFile(path) as opened, zipfile.ZipFile(pack) as before:
                for name in before.namelist():
                    assert opened.read(name) == before.read(name)
            assert answer.about == about.about


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all" * 100])
def test_what_is_no_pack_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    assert not verify_pack(path).is_good


def test_it_is_checked_anywhere_by_one_command_without_a_database(pack, tmp_path):
    def run(path):
        return subprocess.run(
            [sys.executable, "-m", "accredit", "evidence", "verify-pack", str(path), "--json"],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "", "DATABASE_URL": "sqlite:////nowhere/at/all"},
        )

    good = run(pack)
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["faults"] == []
    bad = run(rewritten(pack, lambda parts: {**parts, "x": b"x"}))
    assert bad.returncode == 1
    assert "not listed" in bad.stdout
