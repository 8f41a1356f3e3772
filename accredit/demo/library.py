"""The departments' evidence: real files, uploaded through the rules of the product."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from io import BytesIO

from accredit.demo import account, documents, registers
from accredit.demo.documents import Setting
from accredit.demo.files import make_code, make_docx, make_pdf
from accredit.demo.people import DEPARTMENTS, ORGANISATIONS
from accredit.demo.scene import Scene
from accredit.evidence import service as evidence_service
from accredit.evidence import uploading
from accredit.evidence.domain import Details, Upload
from accredit.evidence.models import Evidence
from accredit.text import Bilingual, Language


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence: what it is called, where in it to look, and how its file is made."""

    key: str
    kind: str
    ending: str
    title: Bilingual
    places: tuple[Bilingual, ...]
    make: Callable[[Setting, str], bytes]

    def title_in(self, setting: Setting) -> str:
        """The title for a department, year and language."""
        return setting.say(self.title.en, self.title.ar)


def _survey_address(at: Setting) -> str:
    return f"https://survey.waha.example/{at.department.en.split()[0].lower()}/{at.year}"


def _at(*places: tuple[str, str]) -> tuple[Bilingual, ...]:
    return tuple(Bilingual(en, ar) for en, ar in places)


#: What every department shows, at least one piece for each kind of evidence.
PIECES = (
    Piece(
        "charter",
        "policy",
        "pdf",
        Bilingual("Service charter {year}", "ميثاق الخدمة {year}"),
        _at(
            ("page 1, table of promises", "الصفحة 1، جدول الالتزامات"),
            ("page 1, “If a promise is not kept”", "الصفحة 1، «إذا لم نفِ بالتزام»"),
        ),
        lambda at, title: make_pdf(documents.charter(at, title)),
    ),
    Piece(
        "strategy",
        "plan",
        "docx",
        Bilingual("Service strategy {year}", "استراتيجية الخدمة {year}"),
        _at(("Objectives", "الأهداف")),
        lambda at, title: make_docx(documents.strategy(at, title)),
    ),
    Piece(
        "procedures",
        "procedure",
        "pdf",
        Bilingual("Handbook of service procedures {year}", "دليل إجراءات الخدمة {year}"),
        _at(
            ("page 1, table of steps", "الصفحة 1، جدول الخطوات"),
            ("page 1, “Complaints and exceptions”", "الصفحة 1، «الشكاوى والحالات الخاصة»"),
        ),
        lambda at, title: make_pdf(documents.procedures(at, title)),
    ),
    Piece(
        "register",
        "record",
        "xlsx",
        Bilingual("Register of cases and promises {before}", "سجل الحالات والالتزامات {before}"),
        _at(
            ("sheet “Cases”, rows 4 to 40", "ورقة «الحالات»، الصفوف 4–40"),
            ("sheet “Promises”", "ورقة «الالتزامات»"),
        ),
        lambda at, _title: registers.case_register(at),
    ),
    Piece(
        "minutes",
        "minutes",
        "docx",
        Bilingual(
            "Minutes of meetings on customers' results {year}",
            "محاضر اجتماعات نتائج المتعاملين {year}",
        ),
        _at(("meeting of April", "اجتماع أبريل"), ("meeting of September", "اجتماع سبتمبر")),
        lambda at, title: make_docx(account.minutes(at, title)),
    ),
    Piece(
        "figures",
        "data",
        "csv",
        Bilingual("Monthly service figures {before}", "أرقام الخدمة الشهرية {before}"),
        _at(("rows 2 to 13", "الصفوف 2–13")),
        lambda at, _title: registers.monthly_figures(at),
    ),
    Piece(
        "survey",
        "survey",
        "xlsx",
        Bilingual(
            "Customer survey {before}, all answers", "استبيان المتعاملين {before} بجميع ردوده"
        ),
        _at(("sheet “Answers”", "ورقة «الردود»")),
        lambda at, _title: registers.survey_answers(at),
    ),
    Piece(
        "report",
        "report",
        "pdf",
        Bilingual("Annual service report {before}", "التقرير السنوي للخدمة {before}"),
        _at(
            ("page 1, table by channel", "الصفحة 1، الجدول بحسب القناة"),
            ("page 1, “What was learned”", "الصفحة 1، «ما استفدناه»"),
        ),
        lambda at, title: make_pdf(account.annual_report(at, title)),
    ),
    Piece(
        "training",
        "training",
        "xlsx",
        Bilingual("Training of serving staff {before}", "تدريب مقدمي الخدمة {before}"),
        _at(("column “Check in real work”", "عمود «التحقق في أثناء العمل»")),
        lambda at, _title: registers.training_record(at),
    ),
    Piece(
        "messages",
        "communication",
        "txt",
        Bilingual("Messages to customers {before}", "رسائل إلى المتعاملين {before}"),
        _at(("message 2", "الرسالة 2")),
        lambda at, _title: registers.messages(at),
    ),
    Piece(
        "sign",
        "communication",
        "png",
        Bilingual(
            "Counter sign with the survey code {year}", "لوحة رمز الاستبيان في صالة الخدمة {year}"
        ),
        _at(("whole picture", "الصورة كاملة")),
        lambda at, _title: make_code(_survey_address(at)),
    ),
    Piece(
        "waiting",
        "observation",
        "png",
        Bilingual(
            "Waiting by hour and weekday, observed in {before}",
            "الانتظار بحسب الساعة واليوم، مشاهدات {before}",
        ),
        _at(("second and third row", "الصفان الثاني والثالث")),
        lambda at, _title: registers.waiting_picture(at),
    ),
    Piece(
        "screens",
        "system",
        "pdf",
        Bilingual("Walk through the customer record {year}", "جولة في سجل المتعامل {year}"),
        _at(
            ("page 1, first part", "الصفحة 1، الجزء الأول"),
            ("page 1, “Who may open a record”", "الصفحة 1، «من يفتح السجل»"),
        ),
        lambda at, title: make_pdf(account.screens(at, title)),
    ),
)


@dataclass
class Shelf:
    """A department's evidence of one cycle, found again by the kind the standard names."""

    setting: Setting
    by_piece: dict[str, Evidence]

    def find(self, kind: str, turn: int) -> tuple[Evidence, str] | None:
        """Evidence of a kind and the place in it, or None; `turn` varies which, of several."""
        fitting = [piece for piece in PIECES if piece.kind == kind and piece.key in self.by_piece]
        if not fitting:
            return None
        piece = fitting[turn % len(fitting)]
        place = piece.places[turn % len(piece.places)]
        return self.by_piece[piece.key], place.in_language(self.setting.language)

    def any(self, turn: int) -> tuple[Evidence, str]:
        """Some evidence and the place in it; `turn` varies which."""
        pieces = [piece for piece in PIECES if piece.key in self.by_piece]
        found = self.find(pieces[turn % len(pieces)].kind, turn)
        if found is None:
            raise LookupError("the story fills a shelf before it takes from it")
        return found


def note_shelf(
    scene: Scene,
    department: str,
    *,
    by: str,
    language: Language,
    first: int,
    last: int,
    only: frozenset[str] = frozenset(),
) -> Shelf:
    """Note the uploads of a department's evidence between `first` and `last` days ago.

    `only` names the pieces to upload; by default all of them. They speak of the year before
    the one in which they are uploaded.
    """
    year = scene.diary.day(last).year
    pieces = [piece for piece in PIECES if not only or piece.key in only]
    # The places are set up by the first steps; until then only their names are known.
    shelf = Shelf(_setting(department, language, year), {})
    for piece, moment in zip(pieces, scene.diary.spread(first, last, len(pieces)), strict=True):
        scene.diary.note(moment, partial(_upload, scene, shelf, department, piece, by))
    return shelf


def _setting(department: str, language: Language, year: int) -> Setting:
    place = next(item for item in DEPARTMENTS if item.code == department)
    return Setting(place.name, ORGANISATIONS[place.organisation], language, year)


def _upload(
    scene: Scene, shelf: Shelf, department: str, piece: Piece, by: str, at: datetime
) -> None:
    setting = shelf.setting
    title = piece.title_in(setting)
    start, end = date(setting.year - 1, 1, 1), date(setting.year - 1, 12, 31)
    (evidence,) = uploading.add_evidence(
        scene.session,
        scene.store,
        scene.departments[department],
        [Upload(f"{title}.{piece.ending}", BytesIO(piece.make(setting, title)))],
        details=Details(
            title=title,
            note=setting.say(
                "Prepared for the self-assessment of {year}.", "أُعد للتقييم الذاتي لسنة {year}."
            ),
            kind=piece.kind,
            period_from_on=start,
            period_to_on=min(end, at.date() - timedelta(days=1)),
        ),
        limit=scene.settings.upload_limit,
        by=scene.person_id(by),
        at=at,
    )
    shelf.by_piece[piece.key] = evidence


def note_new_version(scene: Scene, shelf: Shelf, key: str, *, by: str, moment: datetime) -> None:
    """Note that a newer file of the same piece is uploaded; the older one stays."""

    def replace(at: datetime) -> None:
        piece = next(item for item in PIECES if item.key == key)
        newer = Setting(
            shelf.setting.department,
            shelf.setting.organisation,
            shelf.setting.language,
            shelf.setting.year + 1,
        )
        title = piece.title_in(shelf.setting)
        uploading.add_version(
            scene.session,
            scene.store,
            shelf.by_piece[key],
            Upload(f"{title}-2.{piece.ending}", BytesIO(piece.make(newer, title))),
            limit=scene.settings.upload_limit,
            by=scene.person_id(by),
            at=at,
        )

    scene.diary.note(moment, replace)


def note_withdrawal(
    scene: Scene, shelf: Shelf, key: str, *, reason: Bilingual, by: str, moment: datetime
) -> None:
    """Note that the department no longer stands by a piece, and says why."""
    scene.diary.note(
        moment,
        lambda at: evidence_service.withdraw_evidence(
            scene.session,
            shelf.by_piece[key],
            reason=reason.in_language(shelf.setting.language),
            by=scene.person_id(by),
            at=at,
        ),
    )
