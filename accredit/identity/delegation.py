"""Who may give roles to whom, and who may open or close somebody's account."""

from __future__ import annotations

from collections.abc import Iterable

from accredit.identity.domain import (
    RESERVED_ROLES,
    Access,
    Grant,
    NotFoundError,
    Permission,
    Role,
)
from accredit.text import N_, RuleError


class OwnAccountError(RuleError):
    """People must not disable themselves, nor make sign-in links for themselves."""

    keeps_apart = True

    def __init__(self) -> None:
        super().__init__(N_("Nobody does this to their own account. Ask another administrator."))


class ReservedRoleError(RuleError):
    """A role that only administrators give and end."""

    keeps_apart = True

    def __init__(self) -> None:
        super().__init__(
            N_("Only an administrator gives or ends this role."),
            field="role",
        )


class OthersAccountError(RuleError):
    """The account belongs partly to another organisation, or to somebody with more rights."""

    keeps_apart = True

    def __init__(self) -> None:
        super().__init__(
            N_("This person also holds roles that you do not manage. Ask an administrator.")
        )


def roles_given_by(access: Access) -> tuple[Role, ...]:
    """The roles the person may give to others and end, in the order of `Role`."""
    if access.is_administrator:
        return tuple(Role)
    if access.may_somewhere(Permission.MANAGE_PEOPLE):
        return tuple(role for role in Role if role not in RESERVED_ROLES)
    return ()


def ensure_may_change_role(
    access: Access, role: Role, organisation_id: int | None, department_id: int | None
) -> None:
    """Raise unless the person may give, or end, the role at the place.

    A place out of reach is `NotFoundError`, a role reserved to administrators is
    `ReservedRoleError`.
    """
    if not access.may_at(Permission.MANAGE_PEOPLE, organisation_id, department_id):
        raise NotFoundError
    if role not in roles_given_by(access):
        raise ReservedRoleError


def ensure_may_change_account(access: Access, person_id: int, held: Iterable[Grant]) -> None:
    """Raise unless the person may disable the account of `person_id` or let it in anew.

    Who can make a sign-in link can become that person. So it takes the right to give
    every role the person holds: `OthersAccountError` otherwise, `OwnAccountError` for
    one's own account.
    """
    if access.person_id == person_id:
        raise OwnAccountError
    for grant in held:
        try:
            ensure_may_change_role(access, grant.role, grant.organisation_id, grant.department_id)
        except RuleError as error:
            raise OthersAccountError from error
