"""The store: all of a file or nothing of it, under the hash of its content."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import textwrap

import pytest

from accredit.evidence.store import FileStore, MissingBlobError, TooLargeError

CONTENT = b"minutes of the customer council\n" * 40_000


def everything(store: FileStore) -> list[str]:
    return sorted(str(p.relative_to(store.root)) for p in store.root.rglob("*") if p.is_file())


@pytest.fixture
def shelf(tmp_path) -> FileStore:
    return FileStore(tmp_path / "evidence")


def test_it_keeps_content_under_its_own_hash(shelf):
    blob = shelf.put(io.BytesIO(CONTENT), limit=len(CONTENT))
    assert blob.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert blob.size == len(CONTENT)
    assert everything(shelf) == [f"{blob.sha256[:2]}/{blob.sha256[2:]}"]
    with shelf.open(blob.sha256) as kept:
        assert kept.read() == CONTENT


def test_it_keeps_the_same_content_once(shelf):
    first = shelf.put(io.BytesIO(CONTENT), limit=len(CONTENT))
    assert shelf.put(io.BytesIO(CONTENT), limit=len(CONTENT)) == first
    assert len(everything(shelf)) == 1


def test_it_leaves_nothing_of_a_stream_that_is_too_long(shelf):
    with pytest.raises(TooLargeError):
        shelf.put(io.BytesIO(CONTENT), limit=len(CONTENT) - 1)
    assert everything(shelf) == []


def test_it_leaves_nothing_of_a_stream_that_breaks(shelf):
    class Breaking(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 500_000:
                raise OSError("the line went dead")
            return super().read(size)

    with pytest.raises(OSError, match="went dead"):
        shelf.put(Breaking(CONTENT), limit=len(CONTENT))
    assert everything(shelf) == []


def test_it_leaves_nothing_when_the_disk_is_full(shelf):
    script = textwrap.dedent("""
        import io, resource, signal, sys
        from pathlib import Path
        from accredit.evidence.store import FileStore
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            FileStore(Path(sys.argv[1])).put(io.BytesIO(b"x" * 900_000), limit=10**6)
        except OSError:
            sys.exit(7)
    """)
    done = subprocess.run([sys.executable, "-c", script, str(shelf.root)], check=False)
    assert done.returncode == 7
    assert everything(shelf) == []


def test_a_process_killed_half_way_leaves_nothing_under_a_hash(shelf):
    script = textwrap.dedent("""
        import io, os, signal, sys
        from pathlib import Path
        from accredit.evidence.store import FileStore

        class Killing(io.BytesIO):
            def read(self, size=-1):
                if self.tell() > 500_000:
                    os.kill(os.getpid(), signal.SIGKILL)
                return super().read(size)

        FileStore(Path(sys.argv[1])).put(Killing(b"x" * 900_000), limit=10**6)
    """)
    done = subprocess.run([sys.executable, "-c", script, str(shelf.root)], check=False)
    assert done.returncode == -9
    assert [name for name in everything(shelf) if not name.startswith("incoming/")] == []


def test_it_syncs_the_file_before_it_has_its_name_and_the_folder_after(shelf, monkeypatch):
    order = []
    fsync, replace = os.fsync, os.replace

    def noting_fsync(handle):
        order.append("sync " + os.path.basename(os.readlink(f"/proc/self/fd/{handle}")))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(
        "pathlib.Path.replace", lambda self, to: (order.append("name"), replace(self, to))
    )
    blob = shelf.put(io.BytesIO(CONTENT), limit=len(CONTENT))
    assert order[0].startswith("sync tmp")
    assert order[1:] == ["sync evidence", "name", f"sync {blob.sha256[:2]}"]


def test_keeping_content_again_repairs_a_damaged_copy(shelf):
    blob = shelf.put(io.BytesIO(CONTENT), limit=len(CONTENT))
    shelf.path(blob.sha256).chmod(0o600)
    shelf.path(blob.sha256).write_bytes(b"rotten")
    shelf.put(io.BytesIO(CONTENT), limit=len(CONTENT))
    assert shelf.path(blob.sha256).read_bytes() == CONTENT


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "ab", "A" * 64, "g" * 64, "a" * 64 + "\n"]
)
def test_nothing_but_a_hash_becomes_a_path(shelf, name):
    with pytest.raises(ValueError, match="SHA-256"):
        shelf.path(name)


def test_it_says_when_it_does_not_have_something(shelf):
    assert not shelf.has("0" * 64)
    with pytest.raises(MissingBlobError):
        shelf.open("0" * 64)
