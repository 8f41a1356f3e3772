"""What one department may upload in a day: no person comes near it, a program would."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accredit.evidence import uploading
from accredit.evidence.domain import TooMuchADayError
from tests.evidence.conftest import pdf
from tests.evidence.test_upload_page import stored, upload


def test_more_files_than_a_department_uploads_in_a_day_are_refused(
    app, browse, cast, put, monkeypatch
):
    monkeypatch.setattr(uploading, "FILES_A_DAY", 2)
    leader = browse(cast.leader)
    assert upload(leader, cast, ("a.pdf", pdf(1)), ("b.pdf", pdf(2))).status == 303
    answer = upload(leader, cast, ("c.pdf", pdf(3)))
    assert answer.status == 422
    assert "Go on tomorrow." in answer.error_texts()
    assert len(stored(app)) == 2


def test_another_department_and_another_day_have_limits_of_their_own(cast, put, monkeypatch):
    from tests.evidence import conftest

    monkeypatch.setattr(uploading, "FILES_A_DAY", 1)
    put("a.pdf", pdf(1))
    put("b.pdf", pdf(2), department=cast.contact_centre)
    with pytest.raises(TooMuchADayError):
        put("c.pdf", pdf(3))
    monkeypatch.setattr(conftest, "AT", conftest.AT + timedelta(days=1, seconds=1))
    put("c.pdf", pdf(3))


def test_bytes_count_as_files_do(put, monkeypatch):
    monkeypatch.setattr(uploading, "BYTES_A_DAY", len(pdf(1)) + 5)
    put("a.pdf", pdf(1))
    with pytest.raises(TooMuchADayError):
        put("b.pdf", pdf(2))
