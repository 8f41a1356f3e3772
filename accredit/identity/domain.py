"""Roles, permissions and places: the one table that says who may do what.

A *place* is an organisation or one of its departments. Most roles act at a place.
Assessors, moderators and decision makers hold their role as members of a pool and act
only in the assessments they are assigned to: a pool alone opens nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from accredit.text import N_, RuleError


class Role(StrEnum):
    """What a person is trusted with."""

    CONTRIBUTOR = "contributor"
    LEADER = "leader"
    ASSESSOR = "assessor"
    MODERATOR = "moderator"
    DECISION_MAKER = "decision_maker"
    PROGRAMME_MANAGER = "programme_manager"
    ADMINISTRATOR = "administrator"
    OBSERVER = "observer"


ROLE_NAMES = {
    Role.CONTRIBUTOR: N_("Contributor"),
    Role.LEADER: N_("Leader"),
    Role.ASSESSOR: N_("Assessor"),
    Role.MODERATOR: N_("Moderator"),
    Role.DECISION_MAKER: N_("Decision maker"),
    Role.PROGRAMME_MANAGER: N_("Programme manager"),
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.OBSERVER: N_("Observer"),
}

POOL_ROLES = frozenset({Role.ASSESSOR, Role.MODERATOR, Role.DECISION_MAKER})
DEPARTMENT_ROLES = frozenset({Role.CONTRIBUTOR, Role.LEADER})

#: Roles that only administrators give and end: nobody makes their own equals or superiors.
RESERVED_ROLES = frozenset({Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER})


#: Roles whose holders always need a second factor: what they do cannot be done by a password.
SECOND_FACTOR_ROLES = frozenset({Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER, Role.DECISION_MAKER})


class Permission(StrEnum):
    """One kind of act; every page declares the one it needs."""

    USE = "use"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_ORGANISATIONS = "manage_organisations"
    VIEW_TRAIL = "view_trail"
    VIEW_STANDARD = "view_standard"
    MANAGE_STANDARDS = "manage_standards"
    OPEN_ASSESSMENT = "open_assessment"
    VIEW_ASSESSMENT = "view_assessment"
    VIEW_EVIDENCE = "view_evidence"
    UPLOAD_EVIDENCE = "upload_evidence"
    SELF_SCORE = "self_score"
    SUBMIT_SELF_ASSESSMENT = "submit_self_assessment"
    SCORE = "score"
    MODERATE = "moderate"
    DECIDE = "decide"
    VIEW_KPI = "view_kpi"
    IMPORT_KPI = "import_kpi"
    VIEW_GAP_REPORT = "view_gap_report"
    VIEW_PLAN = "view_plan"
    MANAGE_PLAN = "manage_plan"
    VERIFY_ACTION = "verify_action"
    VIEW_CERTIFICATE = "view_certificate"
    CHANGE_CERTIFICATE = "change_certificate"


R, P = Role, Permission
_EVERYONE = frozenset(Role)
_DEPARTMENT = frozenset({R.CONTRIBUTOR, R.LEADER})
_JUDGES = frozenset({R.ASSESSOR, R.MODERATOR, R.DECISION_MAKER})
_READERS = frozenset({R.PROGRAMME_MANAGER, R.OBSERVER})

#: The reviewed table: which roles may do what. Where they may do it is decided by the
#: place of the role, or by the assignment for the roles of a pool.
POLICY: dict[Permission, frozenset[Role]] = {
    P.USE: _EVERYONE,
    P.MANAGE_PEOPLE: frozenset({R.ADMINISTRATOR, R.PROGRAMME_MANAGER}),
    P.MANAGE_ORGANISATIONS: frozenset({R.ADMINISTRATOR}),
    P.VIEW_TRAIL: frozenset({R.ADMINISTRATOR, R.PROGRAMME_MANAGER, R.OBSERVER}),
    P.VIEW_STANDARD: _EVERYONE,
    P.MANAGE_STANDARDS: frozenset({R.ADMINISTRATOR, R.PROGRAMME_MANAGER}),
    P.OPEN_ASSESSMENT: frozenset({R.PROGRAMME_MANAGER}),
    P.VIEW_ASSESSMENT: _DEPARTMENT | _JUDGES | _READERS,
    P.VIEW_EVIDENCE: _DEPARTMENT | _JUDGES | _READERS,
    P.UPLOAD_EVIDENCE: _DEPARTMENT,
    P.SELF_SCORE: _DEPARTMENT,
    P.SUBMIT_SELF_ASSESSMENT: frozenset({R.LEADER}),
    P.SCORE: frozenset({R.ASSESSOR}),
    P.MODERATE: frozenset({R.MODERATOR}),
    P.DECIDE: frozenset({R.DECISION_MAKER}),
    P.VIEW_KPI: _DEPARTMENT | _READERS,
    P.IMPORT_KPI: _DEPARTMENT,
    P.VIEW_GAP_REPORT: frozenset({R.LEADER, R.MODERATOR, R.DECISION_MAKER}) | _READERS,
    P.VIEW_PLAN: _DEPARTMENT | _READERS,
    P.MANAGE_PLAN: frozenset({R.LEADER}),
    P.VERIFY_ACTION: frozenset({R.LEADER, R.PROGRAMME_MANAGER}),
    P.VIEW_CERTIFICATE: _EVERYONE - {R.ASSESSOR, R.MODERATOR, R.ADMINISTRATOR},
    P.CHANGE_CERTIFICATE: frozenset({R.DECISION_MAKER}),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at a place: `organisation_id` None means everywhere, `department_id` None
    the whole organisation."""

    role: Role
    organisation_id: int | None = None
    department_id: int | None = None

    def covers(self, organisation_id: int | None, department_id: int | None) -> bool:
        """Whether the role reaches the place asked for."""
        if self.organisation_id is None:
            return True
        if self.organisation_id != organisation_id:
            return False
        return self.department_id is None or self.department_id == department_id


@dataclass(frozen=True, slots=True)
class Access:
    """All roles a person holds now; asked anew in every request."""

    person_id: int
    grants: tuple[Grant, ...]

    def roles_at(self, organisation_id: int | None, department_id: int | None) -> frozenset[Role]:
        """The roles that act at a place by themselves (a pool role never does)."""
        return frozenset(
            grant.role
            for grant in self.grants
            if grant.role not in POOL_ROLES and grant.covers(organisation_id, department_id)
        )

    @property
    def needs_second_factor(self) -> bool:
        """Whether a role of theirs is too much to rest on a password alone."""
        return any(grant.role in SECOND_FACTOR_ROLES for grant in self.grants)

    @property
    def is_administrator(self) -> bool:
        """Whether the person serves the whole installation as administrator."""
        return Role.ADMINISTRATOR in self.roles_at(None, None)

    def pool_roles_at(self, organisation_id: int) -> frozenset[Role]:
        """The pools the person belongs to for an organisation."""
        return frozenset(
            grant.role
            for grant in self.grants
            if grant.role in POOL_ROLES and grant.covers(organisation_id, None)
        )

    def may_somewhere(self, permission: Permission) -> bool:
        """Whether any role, anywhere, carries the permission (pools included)."""
        if permission in (P.USE, P.VIEW_STANDARD):
            return True
        return any(grant.role in POLICY[permission] for grant in self.grants)

    def may_at(
        self, permission: Permission, organisation_id: int | None, department_id: int | None = None
    ) -> bool:
        """Whether a role that acts at the place carries the permission."""
        return allows(self.roles_at(organisation_id, department_id), permission)

    def reach(self, permission: Permission) -> Reach:
        """The places where the person may do this, for filtering lists."""
        return Reach.of(
            grant
            for grant in self.grants
            if grant.role not in POOL_ROLES and grant.role in POLICY[permission]
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """A set of places: everything, or some whole organisations and some departments."""

    everywhere: bool
    organisation_ids: frozenset[int]
    department_ids: frozenset[int]

    @classmethod
    def of(cls, grants: Iterable[Grant]) -> Reach:
        """The places covered by the grants together."""
        grants = tuple(grants)
        return cls(
            everywhere=any(grant.organisation_id is None for grant in grants),
            organisation_ids=frozenset(
                grant.organisation_id
                for grant in grants
                if grant.organisation_id is not None and grant.department_id is None
            ),
            department_ids=frozenset(
                grant.department_id for grant in grants if grant.department_id is not None
            ),
        )


def allows(roles: Collection[Role], permission: Permission) -> bool:
    """Whether any of the roles carries the permission."""
    return not POLICY[permission].isdisjoint(roles)


class ForbiddenError(RuleError):
    """The person sees the thing but may not do this with it."""

    def __init__(self) -> None:
        super().__init__(N_("Your role does not allow this here."))


class NotFoundError(RuleError):
    """The thing does not exist for this person."""

    def __init__(self) -> None:
        super().__init__(N_("There is nothing here that you can see."))


class OwnRoleError(RuleError):
    """People must not change their own roles."""

    keeps_apart = True

    def __init__(self) -> None:
        super().__init__(N_("Nobody changes their own roles. Ask another administrator."))


class RolePlaceError(RuleError):
    """A role was given at a kind of place where it means nothing."""


def ensure_role_fits(role: Role, organisation_id: int | None, department_id: int | None) -> None:
    """Raise `RolePlaceError` unless the role can be held at the place."""
    if role in DEPARTMENT_ROLES and organisation_id is None:
        raise RolePlaceError(
            N_("This role is held in an organisation. Choose an organisation or a department."),
            field="place",
        )
    if role is Role.ADMINISTRATOR and organisation_id is not None:
        raise RolePlaceError(
            N_("An administrator serves the whole installation. Choose “Everywhere”."),
            field="place",
        )
    if role in POOL_ROLES and department_id is not None:
        raise RolePlaceError(
            N_(
                "Assessors, moderators and decision makers serve a whole organisation. "
                "Choose the organisation."
            ),
            field="place",
        )


def ensure_not_own(changed_person_id: int, by_person_id: int) -> None:
    """Raise `OwnRoleError` if a person would change their own roles."""
    if changed_person_id == by_person_id:
        raise OwnRoleError
