"""The rules of decisions and certificates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.certificate.domain import (
    CHANGES,
    AwardMissingError,
    AwardNotReachedError,
    CertificateState,
    ChangeNotAllowedError,
    DecisionKind,
    NotIndependentError,
    ReasonMissingError,
    ensure_grantable,
    ensure_independent,
    get_reason,
    grantable,
    last_valid_day,
    next_state,
    state_on,
)
from accredit.identity.domain import Role

LADDER = ("bronze", "silver", "gold")


@pytest.mark.parametrize(
    ("issued", "years", "last"),
    [
        (date(2026, 3, 15), 3, date(2029, 3, 14)),
        (date(2026, 1, 1), 3, date(2028, 12, 31)),
        (date(2028, 2, 29), 3, date(2031, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 28)),
        (date(2025, 3, 1), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 12, 30)),
    ],
)
def test_a_certificate_is_valid_until_the_day_before_its_anniversary(issued, years, last):
    assert last_valid_day(issued, years) == last


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(1, 10))
def test_a_certificate_lasts_its_years_to_the_day(issued, years):
    days = (last_valid_day(issued, years) - issued).days + 1
    assert 365 * years <= days <= 366 * years


def test_the_last_valid_day_still_counts():
    last = date(2029, 3, 14)
    assert state_on("valid", last, last) is CertificateState.VALID
    assert state_on("valid", last, last + timedelta(days=1)) is CertificateState.EXPIRED


@pytest.mark.parametrize(
    ("stored", "after"),
    [("valid", "expired"), ("suspended", "expired"), ("withdrawn", "withdrawn")],
)
def test_only_withdrawn_outlives_the_expiry_date(stored, after):
    last = date(2029, 3, 14)
    assert state_on(stored, last, date(2029, 3, 1)) == stored
    assert state_on(stored, last, date(2031, 1, 1)) == after


ALLOWED = {
    ("valid", "suspend"): "suspended",
    ("valid", "withdraw"): "withdrawn",
    ("suspended", "restore"): "valid",
    ("suspended", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize("state", CertificateState)
@pytest.mark.parametrize("kind", DecisionKind)
def test_a_certificate_changes_only_in_the_ways_that_are_allowed(state, kind):
    expected = ALLOWED.get((state.value, kind.value))
    if expected is None:
        with pytest.raises(ChangeNotAllowedError):
            next_state(state, kind)
    else:
        assert next_state(state, kind) == expected


def test_every_state_says_what_may_follow():
    assert set(CHANGES) == set(CertificateState)


@pytest.mark.parametrize("reached", [None, *LADDER])
@pytest.mark.parametrize("award", LADDER)
def test_an_award_is_granted_up_to_the_one_reached_and_never_above(award, reached):
    allowed = reached is not None and LADDER.index(award) <= LADDER.index(reached)
    assert (award in grantable(LADDER, reached)) is allowed
    if allowed:
        assert ensure_grantable(award, LADDER, reached) == award
    else:
        with pytest.raises(AwardNotReachedError):
            ensure_grantable(award, LADDER, reached)


@pytest.mark.parametrize("award", [None, ""])
def test_a_grant_names_its_award(award):
    with pytest.raises(AwardMissingError):
        ensure_grantable(award, LADDER, "gold")


def test_an_award_the_standard_does_not_have_is_not_reached():
    with pytest.raises(AwardNotReachedError):
        ensure_grantable("platinum", LADDER, "gold")


@pytest.mark.parametrize(
    "reason", ["", "  ", "ok", "x" * 19, "a b c d e f g h i j k l m n o p q r s"]
)
def test_a_reason_of_a_few_letters_is_none(reason):
    with pytest.raises(ReasonMissingError) as refusal:
        get_reason(reason)
    assert refusal.value.field == "reason"


def test_a_reason_keeps_its_words_without_the_space_around_them():
    assert get_reason("\n  The evidence was seen on site.\n") == "The evidence was seen on site."


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("took_part", [True, False])
def test_nobody_decides_over_their_own_work_or_department(role, took_part):
    if took_part or role in (Role.CONTRIBUTOR, Role.LEADER):
        with pytest.raises(NotIndependentError):
            ensure_independent({role}, took_part)
    else:
        ensure_independent({role}, took_part)
