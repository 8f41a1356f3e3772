"""Who may give roles, and who may open somebody's account: the pure rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accredit.identity.delegation import (
    OthersAccountError,
    OwnAccountError,
    ReservedRoleError,
    ensure_may_change_account,
    ensure_may_change_role,
    roles_given_by,
)
from accredit.identity.domain import (
    RESERVED_ROLES,
    Access,
    Grant,
    NotFoundError,
    Role,
    RolePlaceError,
    ensure_role_fits,
)
from accredit.text import RuleError

ADMINISTRATOR = Access(1, (Grant(Role.ADMINISTRATOR),))
MANAGER = Access(2, (Grant(Role.PROGRAMME_MANAGER, 10),))
LEADER = Access(3, (Grant(Role.LEADER, 10, 100),))

places = st.sampled_from([(None, None), (10, None), (10, 100), (20, None), (20, 200)])
grants = st.builds(lambda role, place: Grant(role, *place), st.sampled_from(list(Role)), places)


def passes(rule, *arguments) -> bool:
    try:
        rule(*arguments)
    except RuleError:
        return False
    return True


def test_an_administrator_gives_every_role_anywhere():
    assert roles_given_by(ADMINISTRATOR) == tuple(Role)
    for role in Role:
        ensure_may_change_role(ADMINISTRATOR, role, 20, None)


def test_a_programme_manager_makes_neither_equals_nor_superiors():
    assert set(roles_given_by(MANAGER)) == set(Role) - RESERVED_ROLES
    for role in RESERVED_ROLES:
        with pytest.raises(ReservedRoleError):
            ensure_may_change_role(MANAGER, role, 10, None)


@pytest.mark.parametrize("place", [(None, None), (20, None), (20, 200)])
def test_a_programme_manager_gives_no_role_outside_the_organisation(place):
    with pytest.raises(NotFoundError):
        ensure_may_change_role(MANAGER, Role.OBSERVER, *place)


def test_a_leader_gives_no_role_at_all():
    assert roles_given_by(LEADER) == ()
    with pytest.raises(NotFoundError):
        ensure_may_change_role(LEADER, Role.CONTRIBUTOR, 10, 100)


def test_nobody_opens_or_closes_their_own_account():
    with pytest.raises(OwnAccountError):
        ensure_may_change_account(ADMINISTRATOR, 1, ADMINISTRATOR.grants)


@pytest.mark.parametrize(
    "held",
    [
        [Grant(Role.ADMINISTRATOR)],
        [Grant(Role.PROGRAMME_MANAGER, 10)],
        [Grant(Role.LEADER, 20, 200)],
        [Grant(Role.LEADER, 10, 100), Grant(Role.OBSERVER, 20)],
        [Grant(Role.ASSESSOR)],
    ],
)
def test_a_programme_manager_cannot_become_somebody_with_other_rights(held):
    with pytest.raises(OthersAccountError):
        ensure_may_change_account(MANAGER, 9, held)


def test_a_programme_manager_looks_after_the_accounts_of_the_organisation():
    held = [Grant(Role.LEADER, 10, 100), Grant(Role.ASSESSOR, 10)]
    ensure_may_change_account(MANAGER, 9, held)


@given(st.lists(grants, max_size=3), st.lists(grants, min_size=1, max_size=3))
def test_whoever_may_open_an_account_could_have_given_each_of_its_roles(own, held):
    access = Access(1, tuple(own))
    if passes(ensure_may_change_account, access, 2, held):
        assert all(
            passes(
                ensure_may_change_role,
                access,
                grant.role,
                grant.organisation_id,
                grant.department_id,
            )
            for grant in held
        )


@given(st.lists(grants, max_size=3), grants)
def test_only_administrators_give_reserved_roles(own, wanted):
    access = Access(1, tuple(own))
    given_ = passes(
        ensure_may_change_role, access, wanted.role, wanted.organisation_id, wanted.department_id
    )
    if given_ and wanted.role in RESERVED_ROLES:
        assert Grant(Role.ADMINISTRATOR) in own


@pytest.mark.parametrize(
    ("role", "organisation_id", "department_id"),
    [
        (Role.CONTRIBUTOR, None, None),
        (Role.LEADER, None, None),
        (Role.ADMINISTRATOR, 10, None),
        (Role.ASSESSOR, 10, 100),
        (Role.MODERATOR, 10, 100),
        (Role.DECISION_MAKER, 10, 100),
    ],
)
def test_a_role_is_held_only_where_it_means_something(role, organisation_id, department_id):
    with pytest.raises(RolePlaceError) as raised:
        ensure_role_fits(role, organisation_id, department_id)
    assert raised.value.field == "place"
