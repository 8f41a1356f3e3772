"""The pieces of evidence a department keeps: what each is called, tells of and looks like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from accredit.demo import account, checks, documents, periods, registers
from accredit.demo.documents import Setting
from accredit.demo.files import Document, make_code, make_docx, make_pdf
from accredit.demo.periods import Stretch
from accredit.text import Bilingual

Maker = Callable[[Setting, str], bytes]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence: its title, the period it tells of, where to look, how it is made.

    Without a `stretch` it is a paper in force in the year it is shown for. `about` names the
    elements it was made for: these show it before others of its kind.
    """

    key: str
    kind: str
    ending: str
    title: Bilingual
    stretch: Stretch | None
    places: tuple[Bilingual, ...]
    make: Maker
    about: frozenset[str] = field(default_factory=frozenset)

    def title_in(self, setting: Setting) -> str:
        """The title for a department, period and language."""
        return setting.say(self.title.en, self.title.ar)


def _at(*places: tuple[str, str]) -> tuple[Bilingual, ...]:
    return tuple(Bilingual(en, ar) for en, ar in places)


def _pdf(write: Callable[[Setting, str], Document]) -> Maker:
    return lambda at, title: make_pdf(write(at, title))


def _docx(write: Callable[[Setting, str], Document]) -> Maker:
    return lambda at, title: make_docx(write(at, title))


def _list(fill: Callable[[Setting], bytes]) -> Maker:
    return lambda at, _title: fill(at)


def _survey_address(at: Setting) -> str:
    return f"https://survey.waha.example/{at.department.en.split()[0].lower()}/{at.year}"


def _cases(back: int) -> Piece:
    return Piece(
        f"cases-{back}",
        "record",
        "xlsx",
        Bilingual("Register of cases and promises, {period}", "سجل الحالات والالتزامات، {period}"),
        periods.quarter(back),
        _at(
            ("sheet “Cases”, rows 4 to 40", "ورقة «الحالات»، الصفوف 4–40"),
            ("sheet “Promises”", "ورقة «الالتزامات»"),
        ),
        _list(registers.case_register),
    )


def _minutes(back: int) -> Piece:
    return Piece(
        f"minutes-{back}",
        "minutes",
        "docx",
        Bilingual(
            "Minutes of meetings on customers' results, {period}",
            "محاضر اجتماعات نتائج المتعاملين، {period}",
        ),
        periods.quarter(back),
        _at(
            ("meeting of {opening}", "اجتماع {opening}"),
            ("meeting of {closing}", "اجتماع {closing}"),
        ),
        _docx(account.minutes),
    )


def _survey(back: int) -> Piece:
    return Piece(
        f"survey-{back}",
        "survey",
        "xlsx",
        Bilingual(
            "Customer survey, {period}, all answers", "استبيان المتعاملين بجميع ردوده، {period}"
        ),
        periods.quarter(back),
        _at(("sheet “Answers”", "ورقة «الردود»"), ("sheet “Questions”", "ورقة «الأسئلة»")),
        _list(checks.survey_answers),
    )


def _contact_checks(back: int) -> Piece:
    return Piece(
        f"checks-{back}",
        "observation",
        "xlsx",
        Bilingual(
            "Checks of calls, visits and letters, {period}",
            "فحص المكالمات والزيارات والرسائل، {period}",
        ),
        periods.month(back),
        _at(
            ("columns C to E", "الأعمدة C إلى E"),
            ("column “Coaching”", "عمود «التوجيه»"),
        ),
        _list(checks.contact_checks),
    )


def _training(
    key: str,
    title: Bilingual,
    stretch: Stretch,
    courses: tuple[Bilingual, ...],
    *about: str,
) -> Piece:
    return Piece(
        key,
        "training",
        "xlsx",
        title,
        stretch,
        _at(("column “Check in real work”", "عمود «التحقق في أثناء العمل»")),
        _list(partial(checks.training_record, courses)),
        frozenset(about),
    )


#: What every department keeps. Of a kind the newest comes first.
PIECES = (
    Piece(
        "charter",
        "policy",
        "pdf",
        Bilingual("Service charter {year}", "ميثاق الخدمة {year}"),
        None,
        _at(
            ("page 1, table of promises", "الصفحة 1، جدول الالتزامات"),
            ("page 1, “If a promise is not kept”", "الصفحة 1، «إذا لم نفِ بالتزام»"),
        ),
        _pdf(documents.charter),
    ),
    Piece(
        "strategy",
        "plan",
        "docx",
        Bilingual("Service strategy {year}", "استراتيجية الخدمة {year}"),
        None,
        _at(("Objectives", "الأهداف"), ("Risks", "المخاطر")),
        _docx(documents.strategy),
    ),
    Piece(
        "procedures",
        "procedure",
        "pdf",
        Bilingual("Handbook of service procedures {year}", "دليل إجراءات الخدمة {year}"),
        None,
        _at(
            ("page 1, table of steps", "الصفحة 1، جدول الخطوات"),
            ("page 1, “Complaints and exceptions”", "الصفحة 1، «الشكاوى والحالات الخاصة»"),
        ),
        _pdf(documents.procedures),
    ),
    Piece(
        "complaint-procedure",
        "procedure",
        "docx",
        Bilingual(
            "Procedure for complaints and exceptions {year}",
            "إجراءات الشكاوى والاستثناءات {year}",
        ),
        None,
        _at(
            ("table of steps", "جدول الخطوات"),
            ("“When a rule may give way”", "«متى يُستثنى من القاعدة»"),
        ),
        _docx(documents.complaint_procedure),
        frozenset({"4.4", "4.7"}),
    ),
    _cases(1),
    _cases(2),
    Piece(
        "complaints",
        "record",
        "xlsx",
        Bilingual("Register of complaints, {period}", "سجل الشكاوى، {period}"),
        periods.quarter(1),
        _at(
            ("column “What changed”", "عمود «ما الذي تغيّر»"),
            ("column “Finding”", "عمود «النتيجة»"),
        ),
        _list(registers.complaint_register),
        frozenset({"3.6", "4.4", "6.4"}),
    ),
    Piece(
        "spot-decisions",
        "record",
        "xlsx",
        Bilingual(
            "Log of decisions taken on the spot, {period}", "سجل ما بُتّ فيه في الحال، {period}"
        ),
        periods.quarter(1),
        _at(("column “Reason”", "عمود «السبب»"), ("column “Decision”", "عمود «القرار»")),
        _list(registers.spot_decisions),
        frozenset({"3.5", "4.3", "4.7"}),
    ),
    _minutes(1),
    _minutes(2),
    _minutes(3),
    Piece(
        "figures",
        "data",
        "csv",
        Bilingual("Monthly service figures, {period}", "أرقام الخدمة الشهرية، {period}"),
        periods.last_four_quarters,
        _at(("rows 2 to 13", "الصفوف 2–13")),
        _list(partial(registers.monthly_figures, registers.CASES)),
    ),
    Piece(
        "satisfaction",
        "data",
        "csv",
        Bilingual("Monthly satisfaction and ease, {period}", "الرضا والسهولة شهرًا بشهر، {period}"),
        periods.last_four_quarters,
        _at(("rows 2 to 13", "الصفوف 2–13")),
        _list(partial(registers.monthly_figures, registers.SATISFACTION)),
        frozenset({"1.6", "2.4", "2.7", "2.8", "4.5", "6.6"}),
    ),
    _survey(1),
    _survey(3),
    Piece(
        "quarter",
        "report",
        "docx",
        Bilingual("Service report, {period}", "تقرير الخدمة، {period}"),
        periods.quarter(1),
        _at(
            ("“Progress towards the objectives”", "«التقدم نحو الأهداف»"),
            ("“What was learned”", "«ما استفدناه»"),
        ),
        _docx(account.quarterly_report),
    ),
    Piece(
        "report",
        "report",
        "pdf",
        Bilingual("Annual service report, {period}", "التقرير السنوي للخدمة، {period}"),
        periods.last_four_quarters,
        _at(
            ("page 1, table by channel", "الصفحة 1، الجدول بحسب القناة"),
            ("page 1, “What was learned”", "الصفحة 1، «ما استفدناه»"),
        ),
        _pdf(account.annual_report),
    ),
    _training(
        "induction",
        Bilingual("Induction of new employees, {period}", "تهيئة الموظفين الجدد، {period}"),
        periods.quarter(1),
        checks.INDUCTION,
        "3.2",
    ),
    _training(
        "skills",
        Bilingual("Training in service skills, {period}", "التدريب على مهارات الخدمة، {period}"),
        periods.quarter(2),
        checks.SKILLS,
        "3.3",
    ),
    _training(
        "data-protection",
        Bilingual("Training in data protection, {period}", "التدريب على حماية البيانات، {period}"),
        periods.quarter(2),
        checks.DATA_PROTECTION,
        "5.6",
    ),
    Piece(
        "messages",
        "communication",
        "txt",
        Bilingual("Messages to customers, {period}", "رسائل إلى المتعاملين، {period}"),
        periods.quarter(1),
        _at(("message 2", "الرسالة 2"), ("message 3", "الرسالة 3")),
        _list(registers.messages),
        frozenset({"2.5", "6.4", "6.8"}),
    ),
    Piece(
        "sign",
        "communication",
        "png",
        Bilingual(
            "Counter sign with the survey code {year}", "لوحة رمز الاستبيان في صالة الخدمة {year}"
        ),
        None,
        _at(("whole picture", "الصورة كاملة")),
        lambda at, _title: make_code(_survey_address(at)),
    ),
    _contact_checks(1),
    _contact_checks(4),
    Piece(
        "waiting",
        "observation",
        "png",
        Bilingual(
            "Waiting by hour and weekday, observed in the {period}",
            "الانتظار بحسب الساعة واليوم، مشاهدات {period}",
        ),
        periods.quarter(2),
        _at(("second and third row", "الصفان الثاني والثالث")),
        _list(checks.waiting_picture),
        frozenset({"2.4", "4.1"}),
    ),
    Piece(
        "screens",
        "system",
        "pdf",
        Bilingual("Walk through the customer record {year}", "جولة في سجل المتعامل {year}"),
        None,
        _at(
            ("page 1, first part", "الصفحة 1، الجزء الأول"),
            ("page 1, “Who may open a record”", "الصفحة 1، «من يفتح السجل»"),
        ),
        _pdf(account.screens),
    ),
)
