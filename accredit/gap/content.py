"""A gap report as finished content in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from accredit.assessment.domain import STAGE_NAMES, Stage
from accredit.assessment.models import Assessment
from accredit.gap import beside, gap_sections, sections, wording
from accredit.gap.cells import change_text, exact_text, percent_text
from accredit.gap.comparing import ALONE, Surroundings
from accredit.gap.document import Figure, ReportContent, Section
from accredit.gap.domain import GapReport
from accredit.i18n import format_day, format_number, gettext, language, say, translate
from accredit.kpi.comparison import Standing
from accredit.text import Bilingual, Language


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose report it is, and the day it shows."""

    organisation: Bilingual
    department: Bilingual
    department_code: str
    scope: Bilingual
    cycle: str
    stage: Stage
    day: date


def frame_of(assessment: Assessment, day: date) -> Frame:
    """The frame of an assessment's report as of `day`."""
    department = assessment.department
    return Frame(
        organisation=department.organisation.name,
        department=department.name,
        department_code=department.code,
        scope=assessment.scope,
        cycle=assessment.cycle,
        stage=Stage(assessment.stage),
        day=day,
    )


def build_content(
    report: GapReport, frame: Frame, surroundings: Surroundings = ALONE
) -> ReportContent:
    """The report in the language of this request; the same one is built only once."""
    return _build(report, frame, surroundings, language())


@lru_cache(maxsize=16)
def _build(
    report: GapReport, frame: Frame, surroundings: Surroundings, chosen: Language
) -> ReportContent:
    title = gettext("Gap report")
    department = say(frame.department)
    return ReportContent(
        language=chosen,
        title=title,
        subtitle=f"{department} · {say(frame.organisation)} · {frame.cycle}",
        facts=_facts(report, frame),
        verdict=wording.verdict(report),
        notice=_notice(report, frame),
        figures=_figures(report),
        sections=tuple(_sections(report, frame, surroundings)),
        contents=gettext("Contents"),
        appendix=gettext("The figures behind the charts"),
        footer=gettext(
            "%(department)s, %(cycle)s · as of %(day)s",
            department=department,
            cycle=frame.cycle,
            day=format_day(frame.day),
        ),
        day=frame.day,
        file_name=f"{frame.department_code} {frame.cycle} {title}",
    )


def _notice(report: GapReport, frame: Frame) -> str:
    """What must be known about the scores, and that later figures stand beside closed ones."""
    said = wording.basis_notice(report)
    if frame.stage is not Stage.CLOSED or not any(figure.latest for figure in report.kpis):
        return said
    if report.standard.is_self_check:
        later = gettext(
            "The self-check is closed and its scores stay as they are. The KPIs are those "
            "measured by %(day)s.",
            day=format_day(frame.day),
        )
    else:
        later = gettext(
            "The assessment is closed and its scores stay as they are. The KPIs are those measured "
            "by %(day)s; the decision rested on the ones of its own day.",
            day=format_day(frame.day),
        )
    return f"{said} {later}".strip()


def _facts(report: GapReport, frame: Frame) -> tuple[tuple[str, str], ...]:
    standard = report.standard
    return (
        (gettext("Organisation"), say(frame.organisation)),
        (gettext("Department"), say(frame.department)),
        (gettext("Scope"), say(frame.scope)),
        (gettext("Cycle"), frame.cycle),
        (
            gettext("Standard"),
            gettext(
                "%(standard)s, version %(version)s",
                standard=say(standard.title),
                version=standard.version,
            ),
        ),
        (gettext("Stage"), translate(STAGE_NAMES[frame.stage])),
        (gettext("Scores used"), wording.basis_words(report.basis, scored=bool(report.levels))),
        (gettext("KPI figures"), gettext("latest measured by %(day)s", day=format_day(frame.day))),
    )


def _figures(report: GapReport) -> tuple[Figure, ...]:
    if not report.levels:
        return (_kpi_figure(report),) if report.kpis else ()
    return (
        _total_figure(report),
        _award_figure(report),
        _gaps_figure(report),
        *((_kpi_figure(report),) if report.kpis else ()),
    )


def _total_figure(report: GapReport) -> Figure:
    total = report.result.total
    if total.percent is None:
        value = gettext(
            "%(low)s to %(high)s", low=percent_text(total.low), high=percent_text(total.high)
        )
        return Figure(gettext("Total"), value, gettext("Not all elements are scored."), "muted")
    notes = []
    if total.points is not None:
        notes.append(wording.points_text(total))
    if report.change is not None and report.previous_percent is not None:
        notes.append(
            gettext(
                "last assessment %(percent)s (%(change)s)",
                percent=percent_text(report.previous_percent),
                change=change_text(report.change),
            )
        )
    if report.self_percent is not None:
        notes.append(gettext("self-score %(percent)s", percent=percent_text(report.self_percent)))
    return Figure(gettext("Total"), percent_text(total.percent), " · ".join(notes), "brand")


def _award_figure(report: GapReport) -> Figure:
    note = (
        gettext("next: %(award)s", award=say(report.next_award.name)) if report.next_award else ""
    )
    value = say(report.award.name) if report.award else gettext("None yet")
    return Figure(
        gettext("Award level reached by the scores"),
        value,
        note,
        wording.readiness_tone(report),
    )


def _gaps_figure(report: GapReport) -> Figure:
    return Figure(
        gettext("Gaps"),
        gettext(
            "%(count)s of %(total)s",
            count=format_number(len(report.rows), 0),
            total=format_number(len(report.levels), 0),
        ),
        gettext(
            "weight %(weight)s of %(total)s",
            weight=exact_text(report.gap_weight),
            total=exact_text(report.weight),
        ),
        "warn" if report.rows else "good",
    )


def _kpi_figure(report: GapReport) -> Figure:
    count = {
        standing: sum(figure.standing is standing for figure in report.kpis)
        for standing in Standing
    }
    missed = count[Standing.MISSED]
    return Figure(
        gettext("KPIs that meet their target"),
        gettext(
            "%(count)s of %(total)s",
            count=format_number(count[Standing.MET], 0),
            total=format_number(len(report.kpis), 0),
        ),
        gettext(
            "missed: %(missed)s · unclear or not known: %(others)s",
            missed=missed,
            others=count[Standing.UNCLEAR] + count[Standing.UNKNOWN],
        ),
        "bad" if missed else "good" if count[Standing.MET] == len(report.kpis) else "warn",
    )


def _sections(report: GapReport, frame: Frame, surroundings: Surroundings) -> list[Section]:
    """What a leader with ten minutes looks for comes first, what explains it after that."""
    found = [
        sections.criteria(report),
        beside.departments(report, surroundings.departments, frame.department, frame.cycle),
        gap_sections.top_gaps(report),
        sections.kpis(report, surroundings.moments),
        beside.cycles(report, surroundings.cycles, frame.cycle),
        gap_sections.all_gaps(report),
        sections.awards(report),
        sections.unscored(report),
        sections.how(report),
    ]
    return [section for section in found if section is not None]
