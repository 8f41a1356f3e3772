"""The steps of setting up a programme, and which of them is next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accredit.identity.domain import POOL_ROLES, Permission, Role
from accredit.text import N_

#: How many must judge: nobody scores, moderates and decides in one assessment.
JUDGES = len(POOL_ROLES)


class State(StrEnum):
    """Where a step stands; `CURRENT` is the first that is not done."""

    DONE = "done"
    CURRENT = "current"
    TO_DO = "todo"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is set up within the reader's reach; `holders` are the people of each role."""

    organisations: int = 0
    departments: int = 0
    standards: int = 0
    holders: Mapping[Role, frozenset[int]] | None = None

    def held(self, *roles: Role) -> bool:
        """Whether somebody holds each of the roles."""
        holders = self.holders or {}
        return all(holders.get(role) for role in roles)

    @property
    def judges(self) -> int:
        """How many different people may judge, whatever they do."""
        holders = self.holders or {}
        return len(frozenset().union(*(holders.get(role, frozenset()) for role in POOL_ROLES)))


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One step: what to do and why, its page, and the permission its page asks for."""

    title: str
    text: str
    endpoint: str
    permission: Permission
    state: State


def steps_of(facts: Facts) -> tuple[FirstStep, ...]:
    """Every step in its order. Several may be done before the one that is next.

    The last is never done here: once an assessment was opened, nobody needs the list.
    """
    done = _done(facts)
    current = done.index(False)
    return tuple(
        FirstStep(*said, _state(number, current, is_done=done[number]))
        for number, said in enumerate(_STEPS)
    )


def _state(number: int, current: int, *, is_done: bool) -> State:
    if is_done:
        return State.DONE
    return State.CURRENT if number == current else State.TO_DO


def _done(facts: Facts) -> tuple[bool, ...]:
    return (
        facts.organisations > 0,
        facts.departments > 0,
        facts.held(Role.PROGRAMME_MANAGER),
        facts.held(Role.LEADER, Role.CONTRIBUTOR),
        facts.held(*POOL_ROLES) and facts.judges >= JUDGES,
        facts.standards > 0,
        False,
    )


_STEPS: tuple[tuple[str, str, str, Permission], ...] = (
    (
        N_("Begin with the organisation"),
        N_("The public body or company that wants to be accredited, in both languages."),
        "identity.new_organisation",
        Permission.MANAGE_ORGANISATIONS,
    ),
    (
        N_("Add its departments"),
        N_("A department is what is assessed and what a certificate is for."),
        "identity.organisations",
        Permission.MANAGE_ORGANISATIONS,
    ),
    (
        N_("Invite a programme manager"),
        N_("They open the assessments and give the duties in them. They judge nothing they open."),
        "identity.new_person",
        Permission.MANAGE_PEOPLE,
    ),
    (
        N_("Invite the people of a department"),
        N_("Contributors upload evidence; a leader hands it in and answers for the plan."),
        "identity.new_person",
        Permission.MANAGE_PEOPLE,
    ),
    (
        N_("Invite those who judge"),
        N_("An assessor, a moderator and a decision maker: three different people."),
        "identity.new_person",
        Permission.MANAGE_PEOPLE,
    ),
    (
        N_("Publish a standard"),
        N_("One of those that come with the product, or your own as a file."),
        "standard.index",
        Permission.MANAGE_STANDARDS,
    ),
    (
        N_("Open the first assessment"),
        N_("The programme manager chooses department and standard, gives the duties and starts."),
        "assessment.new",
        Permission.OPEN_ASSESSMENT,
    ),
)
