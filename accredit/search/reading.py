"""What there is to be found, each kind within what the person may see; one query for each.

Columns alone are read, without the objects of a page: they are looked through and forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit.assessment.domain import STAGE_NAMES, Stage
from accredit.assessment.finding import visible
from accredit.assessment.models import Assessment
from accredit.certificate.finding import list_certificates
from accredit.identity.domain import Access, Permission
from accredit.identity.models import Department, Organisation, Person
from accredit.identity.people import managed
from accredit.identity.service import within
from accredit.improvement.domain import STATUS_NAMES, ActionStatus
from accredit.improvement.models import ImprovementAction
from accredit.kpi.loader import service_kpis
from accredit.search.domain import Line, Text
from accredit.standard.domain import Criterion, Element, Standard
from accredit.standard.models import StandardVersion
from accredit.standard.service import list_versions, read_standard, superseded_ids
from accredit.text import N_, Bilingual, Message

Found = Iterator[tuple[Text, Line]]

_PLACE = (
    Department.name_en.label("department_en"),
    Department.name_ar.label("department_ar"),
    Organisation.name_en.label("organisation_en"),
    Organisation.name_ar.label("organisation_ar"),
)


def standards(session: Session, version_id: int | None = None) -> Found:
    """Every criterion and element of the standards in force, or of one version, old or not.

    Anybody signed in may read them.
    """
    rows = list_versions(session)
    old = superseded_ids(rows)
    for row in rows:
        if row.id == version_id or (version_id is None and row.id not in old):
            yield from ((text, _in(row, line)) for text, line in _parts(row))


def _in(row: StandardVersion, line: Line) -> Line:
    return Line(
        line.title,
        "standard.show",
        (("version_id", row.id),),
        line.place,
        line.code,
        (row.title,) if line.place else (row.version,),
        line.text,
    )


def _parts(row: StandardVersion) -> list[tuple[Text, Line]]:
    """What of a standard can be found; folded once in each process, since it never changes."""
    known = _by_hash.get(row.sha256)
    if known is None:
        known = _by_hash[row.sha256] = list(_read(read_standard(row)))
    return known


_by_hash: dict[str, list[tuple[Text, Line]]] = {}


def _read(standard: Standard) -> Found:
    title, about = standard.title, standard.description
    yield Text.of(_both(title), [*_both(about), standard.version]), Line(title, "", text=about)
    for node in _below(standard.criteria):
        kind = "element" if isinstance(node, Element) else "criterion"
        said = node.statement if isinstance(node, Element) else node.intent
        text = Text.of([node.code, *_both(node.title)], _both(said))
        yield text, Line(node.title, "", (), f"{kind}-{node.code}", node.code, text=said or "")


def _below(nodes: Iterable[Criterion | Element]) -> Iterator[Criterion | Element]:
    for node in nodes:
        yield node
        if isinstance(node, Criterion):
            yield from _below(node.children)


def _both(said: Bilingual | None) -> tuple[str, ...]:
    return () if said is None else (said.en, said.ar)


def assessments(session: Session, access: Access) -> Found:
    """The assessments the person may see, the newest first."""
    query = (
        select(
            Assessment.id,
            Assessment.cycle,
            Assessment.stage,
            Assessment.scope_en,
            Assessment.scope_ar,
            StandardVersion.title_en,
            StandardVersion.title_ar,
            *_PLACE,
        )
        .join(Assessment.department)
        .join(Department.organisation)
        .join(Assessment.standard_version)
        .where(visible(access))
        .order_by(Assessment.opened_at.desc(), Assessment.id.desc())
    )
    for row in session.execute(query):
        department = Bilingual(row.department_en, row.department_ar)
        organisation = Bilingual(row.organisation_en, row.organisation_ar)
        scope = Bilingual(row.scope_en, row.scope_ar)
        standard = Bilingual(row.title_en, row.title_ar)
        title = Bilingual(f"{department.en} {row.cycle}", f"{department.ar} {row.cycle}")
        yield (
            Text.of(
                [*_both(department), row.cycle],
                [*_both(scope), *_both(standard), *_both(organisation)],
            ),
            Line(
                title,
                "assessment.show",
                (("assessment_id", row.id),),
                notes=(standard, scope, Message(STAGE_NAMES[Stage(row.stage)])),
            ),
        )


def actions(session: Session, access: Access) -> Found:
    """The improvement actions of the departments whose plan the person may see."""
    query = (
        select(
            ImprovementAction.id,
            ImprovementAction.title,
            ImprovementAction.description,
            ImprovementAction.element_code,
            ImprovementAction.status,
            Person.name_en.label("owner_en"),
            Person.name_ar.label("owner_ar"),
            *_PLACE,
        )
        .join(ImprovementAction.department)
        .join(Department.organisation)
        .outerjoin(ImprovementAction.owner)
        .where(within(access.reach(Permission.VIEW_PLAN), Department.id))
        .order_by(ImprovementAction.id.desc())
    )
    for row in session.execute(query):
        department = Bilingual(row.department_en, row.department_ar)
        owner = Bilingual(row.owner_en, row.owner_ar) if row.owner_en else None
        more = [row.description, *_both(owner), *_both(department)]
        yield (
            Text.of([row.title, row.element_code or ""], more),
            Line(
                row.title,
                "improvement.show",
                (("action_id", row.id),),
                code=row.element_code or "",
                notes=(department, Message(STATUS_NAMES[ActionStatus(row.status)])),
                text=row.description,
            ),
        )


def certificates(session: Session, access: Access, today: date) -> Found:
    """The certificates the person may see."""
    for row in list_certificates(session, access):
        organisation = Bilingual(row.organisation_en, row.organisation_ar)
        department = Bilingual(row.department_en, row.department_ar)
        scope = Bilingual(row.scope_en, row.scope_ar)
        standard = Bilingual(row.standard_en, row.standard_ar)
        names = (department, organisation, row.award_name, scope, standard)
        state = Message(_STATES[row.state_on(today).value])
        yield (
            Text.of([row.number, row.number.replace("-", "")], [*_each(names)]),
            Line(
                department,
                "certificate.history",
                (("number", row.number),),
                code=row.number,
                notes=(row.award_name, organisation, state),
            ),
        )


_STATES = {
    "valid": N_("Valid"),
    "suspended": N_("Suspended"),
    "withdrawn": N_("Withdrawn"),
    "expired": N_("Expired"),
}


def _each(names: Iterable[Bilingual]) -> Iterator[str]:
    for name in names:
        yield from _both(name)


def kpis(access: Access) -> Found:
    """The definitions of what is measured, for whoever may see a figure."""
    if not access.may_somewhere(Permission.VIEW_KPI):
        return
    for kpi in service_kpis().kpis:
        text = Text.of([*_both(kpi.name), kpi.id, *kpi.aliases], _both(kpi.meaning))
        yield text, Line(kpi.name, "kpi.catalogue", (), kpi.id, text=kpi.meaning)


def departments(session: Session, access: Access) -> Found:
    """The departments whose figures the person may see, and those they look after."""
    seen, kept = access.reach(Permission.VIEW_KPI), access.reach(Permission.MANAGE_ORGANISATIONS)
    query = (
        select(Department.id, Department.code, Department.organisation_id, *_PLACE)
        .join(Department.organisation)
        .where(within(seen, Department.id) | within(kept, Department.id))
        .order_by(Department.organisation_id, Department.id)
    )
    for row in session.execute(query):
        name = Bilingual(row.department_en, row.department_ar)
        organisation = Bilingual(row.organisation_en, row.organisation_ar)
        page = ("identity.organisation", (("organisation_id", row.organisation_id),))
        if access.may_at(Permission.VIEW_KPI, row.organisation_id, row.id):
            page = ("kpi.department", (("department_id", row.id),))
        yield (
            Text.of([*_both(name), row.code], _both(organisation)),
            Line(name, *page, code=row.code, notes=(organisation,)),
        )


def people(session: Session, access: Access) -> Found:
    """The people the person manages."""
    query = (
        select(Person.id, Person.name_en, Person.name_ar, Person.email)
        .where(managed(access.reach(Permission.MANAGE_PEOPLE)))
        .order_by(Person.name_en, Person.id)
    )
    for row in session.execute(query):
        name = Bilingual(row.name_en, row.name_ar)
        yield (
            Text.of([*_both(name), row.email]),
            Line(name, "identity.person", (("person_id", row.id),), code=row.email),
        )
