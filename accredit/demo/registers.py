"""The lists a department keeps of its work: cases, complaints, decisions, figures, messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from accredit.demo.chance import seeded
from accredit.demo.documents import Setting
from accredit.demo.files import Rows, make_csv, make_xlsx
from accredit.text import Bilingual

#: A standard request is settled in time within so many days.
_PROMISED = 3


def draw_for(at: Setting, what: str) -> Random:
    """The chance by which a list is filled: its own for each department, year and period."""
    return seeded(what, at.department.en, at.year, at.period.first)


def workbook(at: Setting, *sheets: tuple[str, Rows]) -> bytes:
    """A workbook, made on the last day of its period."""
    return make_xlsx(sheets, language=at.language, made_on=at.period.last)


def case_register(at: Setting) -> bytes:
    """Cases with channel, dates and outcome; a second sheet with the promises kept."""
    say, draw, count = at.say, draw_for(at, "cases"), 60
    channels = (say("Counter", "صالة الخدمة"), say("Telephone", "الهاتف"), say("App", "التطبيق"))
    rows: list[Sequence[str | int]] = [
        (
            say("Case", "المعاملة"),
            say("Received", "تاريخ الاستلام"),
            say("Channel", "القناة"),
            say("Answered", "تاريخ الرد"),
            say("Kept", "في الموعد"),
        )
    ]
    in_time = 0
    for number in range(count):
        received = at.period.day(number, count)
        answered = received + timedelta(days=draw.choice((0, 0, 1, 1, 1, 2, 2, 3, 5)))
        is_kept = (answered - received).days <= _PROMISED
        # What came in on the last days is answered when the register is made, or still open.
        is_open = answered > at.period.last
        in_time += is_kept and not is_open
        rows.append(
            (
                f"{received:%y%m}-{number + 1:04d}",
                received.isoformat(),
                draw.choice(channels),
                "" if is_open else answered.isoformat(),
                "" if is_open else say("yes", "نعم") if is_kept else say("no", "لا"),
            )
        )
    kept: Rows = (
        (say("Promise", "الالتزام"), say("Cases", "الحالات"), say("Kept", "في الموعد")),
        (say("Standard request", "الطلب المعتاد"), count, in_time),
        (say("E-mail", "البريد الإلكتروني"), 240, 205 + draw.randint(0, 30)),
        (say("Complaint", "الشكوى"), 36, 27 + draw.randint(0, 8)),
    )
    return workbook(at, (say("Cases", "الحالات"), rows), (say("Promises", "الالتزامات"), kept))


def complaint_register(at: Setting) -> bytes:
    """Complaints with cause, times and finding, and what changed because of them."""
    say, draw, count = at.say, draw_for(at, "complaints"), 24
    causes = (
        (say("Delay without notice", "تأخير بلا إشعار"), say("Notice rewritten", "عُدّل الإشعار")),
        (say("Unclear letter", "رسالة غير واضحة"), say("Letter rewritten", "أُعيدت صياغتها")),
        (say("Conduct of staff", "أسلوب التعامل"), say("Talk and re-check", "جلسة توجيه وتحقق")),
        (say("Sent from unit to unit", "التنقل بين الوحدات"), say("One owner", "مسؤول واحد")),
        (say("Wrong fee", "خطأ في الرسم"), say("Refunded", "رُدّ المبلغ")),
    )
    findings = (say("justified", "صحيحة"), say("in part", "صحيحة جزئيًا"), say("not", "غير صحيحة"))
    rows: list[Sequence[str | int]] = [
        (
            say("Complaint", "الشكوى"),
            say("Received", "تاريخ الاستلام"),
            say("Cause", "السبب"),
            say("Acknowledged after days", "الإشعار بعد (يوم)"),
            say("Answered after working days", "الرد بعد (يوم عمل)"),
            say("Finding", "النتيجة"),
            say("What changed", "ما الذي تغيّر"),
        )
    ]
    for number in range(count):
        received, finding = at.period.day(number, count), draw.choice(findings)
        cause, change = draw.choice(causes)
        rows.append(
            (
                f"C-{received:%y%m}-{number + 1:02d}",
                received.isoformat(),
                cause,
                draw.choice((0, 1, 1, 2)),
                draw.choice((3, 5, 6, 8, 9, 10, 12)),
                finding,
                "–" if finding == findings[-1] else change,
            )
        )
    return workbook(at, (say("Complaints", "الشكاوى"), rows))


def spot_decisions(at: Setting) -> bytes:
    """Decisions taken on the spot and cases passed upward, each with its reason."""
    say, draw, count = at.say, draw_for(at, "spot"), 36
    choices = (
        (
            say("Late fee waived", "الإعفاء من غرامة التأخير"),
            say("First time this year", "لأول مرة في السنة"),
        ),
        (
            say("Date extended by five working days", "تمديد الموعد خمسة أيام عمل"),
            say("Illness, with certificate", "مرض بشهادة طبية"),
        ),
        (
            say("Copy accepted", "قبول صورة الوثيقة"),
            say("Original to follow within a week", "يُقدَّم الأصل خلال أسبوع"),
        ),
        (
            say("Passed to the shift leader", "الإحالة إلى رئيس المناوبة"),
            say("Beyond the employee's limit", "تتجاوز صلاحية الموظف"),
        ),
    )
    rows: list[Sequence[str | int]] = [
        (
            say("Date", "التاريخ"),
            say("Employee", "الموظف"),
            say("Decision", "القرار"),
            say("Reason", "السبب"),
            say("Minutes", "الدقائق"),
        )
    ]
    for number in range(count):
        decision, reason = draw.choice(choices)
        who = draw.randint(1, 60)
        rows.append(
            (
                at.period.day(number, count).isoformat(),
                say(f"Employee {who:02d}", f"موظف {who:02d}"),
                decision,
                reason,
                draw.choice((2, 3, 4, 6, 9)),
            )
        )
    return workbook(at, (say("Decisions", "القرارات"), rows))


#: Columns of a table of monthly figures: what each is called, its least and its greatest value.
Columns = Sequence[tuple[Bilingual, int, int]]

CASES: Columns = (
    (Bilingual("Cases", "الحالات"), 420, 980),
    (Bilingual("Kept %", "الوفاء %"), 78, 95),
    (Bilingual("Median hours", "الوسيط بالساعات"), 9, 22),
    (Bilingual("Slowest tenth, hours", "أبطأ عُشر بالساعات"), 48, 96),
)
SATISFACTION: Columns = (
    (Bilingual("Answers", "الردود"), 110, 340),
    (Bilingual("Satisfied %", "الراضون %"), 71, 93),
    (Bilingual("Easy %", "السهولة %"), 68, 90),
    (Bilingual("Settled at first contact %", "الحل من أول تواصل %"), 60, 79),
    (Bilingual("Came again with the same matter", "عادوا بالموضوع نفسه"), 12, 60),
)


def monthly_figures(columns: Columns, at: Setting) -> bytes:
    """A row for each month of the period."""
    draw = draw_for(at, columns[0][0].en)
    head = (at.say("Month", "الشهر"), *(name.in_language(at.language) for name, _, _ in columns))
    rows: list[Sequence[str | int]] = [
        (f"{month:%Y-%m}", *(draw.randint(least, most) for _, least, most in columns))
        for month in at.period.months
    ]
    return make_csv((head, *rows))


_MESSAGES = (
    Bilingual(
        "“From Sunday on you can hand in your request until 18:00. {dep}”",
        "«ابتداءً من يوم الأحد يمكنكم تقديم طلباتكم حتى الساعة 18:00. {dep}»",
    ),
    Bilingual(
        "“Your request needs two more days: one paper is being checked by another office. "
        "New date: Wednesday. You need not do anything.”",
        "«يحتاج طلبكم إلى يومين آخرين، لأن إحدى الوثائق قيد التدقيق لدى جهة أخرى. "
        "الموعد الجديد: يوم الأربعاء. ولا يلزمكم أي إجراء.»",
    ),
    Bilingual(
        "“You told us that our letter was unclear. We have rewritten it. Thank you.”",
        "«أخبرتمونا بأن رسالتنا غير واضحة، فأعدنا صياغتها. شكرًا لكم.»",
    ),
    Bilingual(
        "“Your request is complete. You will have the answer by Thursday, by message.”",
        "«طلبكم مكتمل، وسيصلكم الرد برسالة في موعد أقصاه يوم الخميس.»",
    ),
    Bilingual(
        "“Last quarter we kept our times in 88 of 100 cases. What we do about the others is "
        "on the page of the charter.”",
        "«أوفينا بمواعيدنا في الربع الماضي في 88 معاملة من كل 100، وما نعمله بشأن الباقي منشور في "
        "صفحة الميثاق.»",
    ),
    Bilingual(
        "“The system will be renewed on Friday night. Please send nothing between 22:00 and "
        "02:00; your drafts are kept.”",
        "«يُحدَّث النظام مساء الجمعة، فنرجو عدم الإرسال من الساعة 22:00 إلى 02:00، ومسوداتكم محفوظة.»",
    ),
    Bilingual(
        "“You asked for seats in the shade at the entrance. They stand there since Monday.”",
        "«طلبتم مقاعد في الظل عند المدخل، وقد وُضعت منذ يوم الاثنين.»",
    ),
    Bilingual(
        "“Your complaint was justified. The fee is being paid back; the reviewer's name and "
        "the reasons are in the letter.”",
        "«شكواكم صحيحة، وسيُرد إليكم الرسم، واسم من راجعها والأسباب مبيّنة في الرسالة.»",
    ),
)


def messages(at: Setting) -> bytes:
    """Messages as customers received them, as plain text."""
    chosen = draw_for(at, "messages").sample(_MESSAGES, 4)
    lines = (
        at.say("Messages sent to customers, {period}", "رسائل أُرسلت إلى المتعاملين، {period}"),
        "",
        *(f"{number}. {at.say(one.en, one.ar)}" for number, one in enumerate(chosen, start=1)),
        "",
    )
    return "\n".join(lines).encode()
