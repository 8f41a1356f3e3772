"""Enough evidence, and fresh: each expectation of an element on a given day."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from accredit.clock import whole_months
from accredit.evidence.sufficiency import Shown, Standing, age_in_months, answered
from accredit.standard.domain import EvidenceExpectation
from accredit.text import Bilingual

ON = date(2026, 3, 15)
SURVEY = EvidenceExpectation("survey", 2, 12, Bilingual("Surveys", "استبيانات"))


def survey(until: date | None, *, uploaded: date = ON, **changes) -> Shown:
    return Shown("survey", until, uploaded, **changes)


def standing(*pieces: Shown) -> Standing:
    (only,) = answered([SURVEY], pieces, on=ON)
    return only.standing


def test_enough_fresh_pieces_of_the_kind_meet_it():
    assert standing(survey(date(2026, 1, 31)), survey(date(2025, 3, 15))) is Standing.MET


def test_pieces_that_are_too_old_are_not_the_same_as_none():
    assert standing(survey(date(2026, 1, 31)), survey(date(2025, 2, 14))) is Standing.STALE
    assert standing(survey(date(2026, 1, 31))) is Standing.MISSING


def test_the_period_counts_and_not_the_day_of_the_upload():
    old = survey(date(2023, 12, 31), uploaded=ON)
    assert standing(old, old) is Standing.STALE


def test_where_no_period_is_said_the_upload_counts():
    assert standing(survey(None), survey(None, uploaded=date(2025, 4, 1))) is Standing.MET


def test_a_period_that_ends_after_the_upload_makes_nothing_fresher():
    early = date(2024, 1, 1)
    assert age_in_months(date(2030, 1, 1), early, on=ON) == age_in_months(None, early, on=ON) == 26
    promised = survey(date(2030, 1, 1), uploaded=early)
    assert standing(promised, promised) is Standing.STALE


@given(st.none() | st.dates(), st.dates(), st.dates())
def test_a_piece_is_never_younger_than_its_upload(covers_to, uploaded, on):
    age = age_in_months(covers_to, uploaded, on=on)
    assert age >= age_in_months(None, uploaded, on=on)
    if covers_to is not None and covers_to <= uploaded:
        assert age == whole_months(covers_to, on)


def test_withdrawn_evidence_and_other_kinds_do_not_count():
    policy = Shown("policy", None, ON)
    assert standing(survey(None, is_withdrawn=True), survey(None), policy) is Standing.MISSING
