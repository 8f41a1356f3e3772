"""My work: each person's first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, current_app, url_for
from markupsafe import Markup, escape

from accredit import clock, i18n
from accredit.assessment.service import WorkItem, tasks_for
from accredit.certificate.service import list_certificates
from accredit.certificate.views import TONES
from accredit.database import db
from accredit.first_steps.service import first_steps
from accredit.identity.domain import POOL_ROLES, Access, Permission, Role
from accredit.identity.people import own_roles
from accredit.identity.sign_in import current_access, current_person
from accredit.improvement.work import PlanTask, open_actions_for
from accredit.text import N_, Bilingual, Message
from accredit.web.access import requires
from accredit.web.pages import page

blueprint = Blueprint("home", __name__)

SOON = timedelta(days=7)
SHOWN_CERTIFICATES = 4


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits, in the reader's words; `due` with its tone, if it has a day.

    `scope` tells assessments of one department apart.
    """

    title: Markup
    url: str
    scope: Markup | None
    due: str | None
    tone: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do where nothing waits: words and perhaps a page (endpoint) with its label."""

    title: str
    text: str
    endpoint: str | None = None
    label: str | None = None


_NO_ROLE = NextStep(
    N_("You hold no role yet"),
    N_("An administrator or programme manager gives you one; then your work appears here."),
)
_ADMINISTRATOR = NextStep(
    N_("Nothing waits for you"),
    N_("Add people and give them roles, or look at what has happened in the event trail."),
    "identity.people",
    N_("Go to the people"),
)
_MANAGER = NextStep(
    N_("Nothing waits for you"),
    N_("No assessment needs a step of yours. You can open one for a department."),
    "assessment.index",
    N_("Go to the assessments"),
)
_DEPARTMENT = NextStep(
    N_("Nothing waits for you"),
    N_("No self-assessment is open. Good evidence can be added at any time."),
    "evidence.index",
    N_("Go to the evidence"),
)
_POOL = NextStep(
    N_("Nothing waits for you"),
    N_("When you are assigned to an assessment and it is your turn, it appears here."),
)
_READER = NextStep(
    N_("Nothing waits for you"),
    N_("You read along. Assessments, gap reports and certificates are in the menu."),
)


@blueprint.get("/")
@requires(Permission.USE)
def index() -> tuple[str, int]:
    """What waits for this person."""
    session, access = db.session(), current_access()
    today = clock.today(current_app.config["TIME_ZONE"])
    waiting: list[WorkItem | PlanTask] = [
        *tasks_for(session, access),
        *open_actions_for(session, access, today=today),
    ]
    waiting.sort(key=lambda item: item.due_on or date.max)
    tasks = [_task(item, today) for item in waiting]
    steps = first_steps(session, access)
    return page(
        "home/index.html",
        tasks=tasks,
        first_steps=steps,
        next_step=None if tasks or steps else next_step(access),
        roles=own_roles(session, current_person().id),
        certificates=list_certificates(session, access)[:SHOWN_CERTIFICATES],
        tones=TONES,
        today=today,
    )


def next_step(access: Access) -> NextStep:
    """What to do next where nothing waits, by the most active role the person holds."""
    roles = {grant.role for grant in access.grants}
    if Role.ADMINISTRATOR in roles:
        return _ADMINISTRATOR
    if Role.PROGRAMME_MANAGER in roles:
        return _MANAGER
    if roles & {Role.LEADER, Role.CONTRIBUTOR}:
        return _DEPARTMENT
    if roles & POOL_ROLES:
        return _POOL
    return _READER if roles else _NO_ROLE


def _task(item: WorkItem | PlanTask, today: date) -> Task:
    due, tone = _due(item.due_on, today)
    url = url_for(item.endpoint, **dict(item.values))  # type: ignore[arg-type] # the values of any endpoint
    scope = _isolated(i18n.say(item.assessment.scope)) if isinstance(item, WorkItem) else None
    return Task(_sentence(item.message), url, scope, due, tone)


def _sentence(message: Message) -> Markup:
    """The message, in which each name and title that people wrote keeps its direction to itself."""
    values = {
        key: _isolated(i18n.say(value) if isinstance(value, Bilingual) else value)
        for key, value in message.values.items()
    }
    return escape(i18n.gettext(message.text)) % values


def _isolated(written: object) -> Markup:
    return Markup("<bdi>{}</bdi>").format(written)


def _due(due_on: date | None, today: date) -> tuple[str | None, str]:
    if due_on is None:
        return None, "neutral"
    day = Message(N_("due %(day)s"), {"day": due_on})
    if due_on < today:
        return i18n.translate(Message(N_("overdue since %(day)s"), {"day": due_on})), "bad"
    return i18n.translate(day), "warn" if due_on - today <= SOON else "neutral"
