"""Evidence already in the library, and files to send."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from accredit.evidence.domain import Details, Upload
from accredit.evidence.store import FileStore
from accredit.evidence.uploading import add_evidence
from accredit.identity.models import Department
from tests.evidence.files import PDF

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LIMIT = 25 * 1024 * 1024


def pdf(number: int = 0) -> bytes:
    """A document of its own: the same number gives the same bytes."""
    return PDF.replace(b"endobj\n2 0", b"endobj\n%% %d\n2 0" % number)


def sent(name: str, content: bytes) -> tuple[io.BytesIO, str]:
    """A file as the test client sends it."""
    return io.BytesIO(content), name


def download(browser: Any, url: str, **options: Any) -> Any:
    """The answer with its file closed, as a server closes it after sending."""
    answer = browser.get(url, **options)
    answer.response.close()
    return answer


def typed(page: Any, action_part: str) -> dict[str, str]:
    """What the form holds; the line break after <textarea> is not part of it (HTML)."""
    values = page.values(action_part)
    return {name: (value or "").removeprefix("\n") for name, value in values.items()}


@pytest.fixture
def store(world) -> FileStore:
    return FileStore(world.settings.evidence_dir)


@pytest.fixture
def put(arrange, cast, store) -> Callable[..., int]:
    """`put("name.pdf")` adds evidence as the contributor and gives its number."""

    def add(
        name: str = "تقرير الجودة.pdf",
        content: bytes | None = None,
        *,
        department: int | None = None,
        by: int | None = None,
        **details: Any,
    ) -> int:
        with arrange() as session:
            place = session.get(Department, department or cast.licensing)
            (evidence,) = add_evidence(
                session,
                store,
                place,
                [Upload(name, io.BytesIO(pdf() if content is None else content))],
                details=Details(**details),
                limit=LIMIT,
                by=by or cast.contributor.id,
                at=AT,
            )
            return evidence.id

    return add


@pytest.fixture
def events(app) -> Callable[..., list[tuple[str, int | None, dict[str, Any]]]]:
    """`events("evidence.added")`: actor and details of every such event, in order."""
    import json

    from sqlalchemy import select

    from accredit.audit import Event
    from accredit.database import db

    def read(action: str) -> list[tuple[str, int | None, dict[str, Any]]]:
        with app.app_context():
            rows = db.session.scalars(
                select(Event).where(Event.action == action).order_by(Event.id)
            ).all()
            return [(row.subject_id, row.person_id, json.loads(row.details)) for row in rows]

    return read


@pytest.fixture(scope="session")
def bucket(tmp_path_factory):
    """A bucket of a real S3 server; where that cannot run, the tests say why and are skipped."""
    from tests.evidence.bucket_server import NoServerError, bucket_server

    with contextlib.ExitStack() as running:
        try:
            place = running.enter_context(bucket_server(tmp_path_factory.mktemp("s3")))
        except NoServerError as error:
            pytest.skip(f"no S3 server: {error}")
        yield place
