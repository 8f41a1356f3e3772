"""A file waits for its own person, for two hours, and nowhere else."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from accredit.identity.domain import NotFoundError
from accredit.kpi.staging import KEPT_FOR, About, NotWaitingError, Staging

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ABOUT = About(7, "csat", "استبانة مارس.csv")


@pytest.fixture
def staging(tmp_path) -> Staging:
    return Staging(tmp_path / "staging", "a secret")


def test_its_person_gets_it_back_unchanged(staging):
    token = staging.put(b"a,b\n1,2\n", ABOUT, person_id=3, now=NOW)
    waiting = staging.get(token, person_id=3, now=NOW + timedelta(minutes=119))
    assert (waiting.about, waiting.data) == (ABOUT, b"a,b\n1,2\n")


def test_nobody_else_does(staging):
    token = staging.put(b"x", ABOUT, person_id=3, now=NOW)
    with pytest.raises(NotFoundError):
        staging.get(token, person_id=4, now=NOW)
    with pytest.raises(NotFoundError):
        staging.drop(token, person_id=4)
    assert staging.get(token, person_id=3, now=NOW).data == b"x"


@pytest.mark.parametrize("token", ["", "x", "../../etc/passwd", "WyJhIiwzXQ.AAAA"])
def test_a_forged_token_opens_nothing(staging, token):
    staging.put(b"x", ABOUT, person_id=3, now=NOW)
    with pytest.raises(NotFoundError):
        staging.get(token, person_id=3, now=NOW)


def test_another_installations_token_opens_nothing(staging, tmp_path):
    token = Staging(tmp_path / "other", "another secret").put(b"x", ABOUT, person_id=3, now=NOW)
    with pytest.raises(NotFoundError):
        staging.get(token, person_id=3, now=NOW)


def test_it_is_gone_after_two_hours(staging):
    token = staging.put(b"x", ABOUT, person_id=3, now=NOW)
    with pytest.raises(NotWaitingError):
        staging.get(token, person_id=3, now=NOW + KEPT_FOR)


def test_it_is_gone_when_thrown_away(staging):
    token = staging.put(b"x", ABOUT, person_id=3, now=NOW)
    staging.drop(token, person_id=3)
    staging.drop(token, person_id=3)
    with pytest.raises(NotWaitingError):
        staging.get(token, person_id=3, now=NOW)
    assert list(staging.root.iterdir()) == []


def test_what_waited_too_long_leaves_the_disk_with_the_next_file(staging):
    staging.put(b"old", ABOUT, person_id=3, now=NOW)
    for path in staging.root.iterdir():
        os.utime(path, ((NOW - timedelta(hours=3)).timestamp(),) * 2)
    fresh = staging.put(b"new", ABOUT, person_id=3, now=NOW)
    assert len(list(staging.root.iterdir())) == 2
    assert staging.get(fresh, person_id=3, now=NOW).data == b"new"


def test_only_the_server_may_read_the_folder(staging):
    staging.put(b"x", ABOUT, person_id=3, now=NOW)
    assert staging.root.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in staging.root.iterdir())
