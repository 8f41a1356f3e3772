"""The lists a department keeps: cases, answers, training, figures, messages, a picture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from accredit.demo.chance import seeded
from accredit.demo.documents import Setting
from accredit.demo.files import Rows, make_csv, make_heat_map, make_xlsx

_MONTHS = 12


def _draw(at: Setting, what: str) -> Random:
    return seeded(what, at.department.en, at.year)


def _made_on(at: Setting) -> date:
    return date(at.year, 1, 15)


def case_register(at: Setting) -> bytes:
    """Cases with channel, dates and outcome; a second sheet with the promises kept."""
    say, draw = at.say, _draw(at, "cases")
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
    start = date(at.year - 1, 1, 4)
    for number in range(1, 181):
        received = start + timedelta(days=number * 2)
        taken = draw.choice((0, 0, 1, 1, 1, 2, 2, 3, 5))
        rows.append(
            (
                f"{at.year - 1}-{number:04d}",
                received.isoformat(),
                draw.choice(channels),
                (received + timedelta(days=taken)).isoformat(),
                say("yes", "نعم") if taken <= 3 else say("no", "لا"),
            )
        )
    kept: Rows = (
        (say("Promise", "الالتزام"), say("Cases", "الحالات"), say("Kept", "في الموعد")),
        (say("Standard request", "الطلب المعتاد"), 180, 160 + draw.randint(0, 15)),
        (say("E-mail", "البريد الإلكتروني"), 240, 205 + draw.randint(0, 30)),
        (say("Complaint", "الشكوى"), 36, 27 + draw.randint(0, 8)),
    )
    sheets = ((say("Cases", "الحالات"), rows), (say("Promises", "الالتزامات"), kept))
    return make_xlsx(sheets, language=at.language, made_on=_made_on(at))


def survey_answers(at: Setting) -> bytes:
    """All answers of a survey, one row each, and the questions as they were asked."""
    say, draw = at.say, _draw(at, "survey")
    rows: list[Sequence[str | int]] = [
        (
            say("Answered", "تاريخ الرد"),
            say("Satisfaction (1–5)", "الرضا (1–5)"),
            say("Ease (1–7)", "السهولة (1–7)"),
            say("In their words", "بكلماتهم"),
        )
    ]
    remarks = (
        ("", ""),
        ("", ""),
        ("Quick and friendly.", "سرعة ولطف في التعامل."),
        ("I had to come twice.", "اضطررت إلى الحضور مرتين."),
        ("Clear message, thank you.", "رسالة واضحة، شكرًا لكم."),
        ("Nobody told me about the delay.", "لم يخبرني أحد بالتأخير."),
    )
    for number in range(160):
        en, ar = draw.choice(remarks)
        day = date(at.year - 1, 2, 1) + timedelta(days=number)
        satisfied = draw.choices((1, 2, 3, 4, 5), (4, 6, 15, 40, 35))[0]
        rows.append(
            (day.isoformat(), satisfied, min(7, satisfied + draw.randint(0, 2)), say(en, ar))
        )
    asked: Rows = (
        (say("Question", "السؤال"), say("Scale", "المقياس")),
        (say("How satisfied are you with the service?", "ما مدى رضاك عن الخدمة؟"), "1–5"),
        (say("Was it easy to get this done?", "هل كان إنجاز معاملتك سهلًا؟"), "1–7"),
    )
    sheets = ((say("Answers", "الردود"), rows), (say("Questions", "الأسئلة"), asked))
    return make_xlsx(sheets, language=at.language, made_on=_made_on(at))


def training_record(at: Setting) -> bytes:
    """Who was trained in what and when, and how the check in real work went."""
    say, draw = at.say, _draw(at, "training")
    courses = (
        say("Listening and plain language", "الإصغاء ولغة واضحة"),
        say("Difficult conversations", "المواقف الصعبة"),
        say("Serving people with disabilities", "خدمة ذوي الإعاقة"),
        say("Using the customer record", "استخدام سجل المتعامل"),
    )
    rows: list[Sequence[str | int]] = [
        (
            say("Employee", "الموظف"),
            say("Course", "الدورة"),
            say("Date", "التاريخ"),
            say("Hours", "الساعات"),
            say("Check in real work", "التحقق في أثناء العمل"),
        )
    ]
    for number in range(1, 61):
        day = date(at.year - 1, 1, 10) + timedelta(days=number * 5)
        rows.append(
            (
                say(f"Employee {number:02d}", f"موظف {number:02d}"),
                draw.choice(courses),
                day.isoformat(),
                draw.choice((4, 6, 8)),
                say("passed", "مجتاز") if draw.random() < 0.9 else say("repeat", "يعاد"),
            )
        )
    return make_xlsx(
        ((say("Training", "التدريب"), rows),), language=at.language, made_on=_made_on(at)
    )


def monthly_figures(at: Setting) -> bytes:
    """Cases, share kept and slowest tenth by month."""
    say, draw = at.say, _draw(at, "figures")
    head = (
        say("Month", "الشهر"),
        say("Cases", "الحالات"),
        say("Kept %", "الوفاء %"),
        say("Median hours", "الوسيط بالساعات"),
        say("Slowest tenth, hours", "أبطأ عُشر بالساعات"),
    )
    rows = [
        (
            f"{at.year - 1}-{month:02d}",
            draw.randint(420, 980),
            draw.randint(78, 95),
            draw.randint(9, 22),
            draw.randint(48, 96),
        )
        for month in range(1, _MONTHS + 1)
    ]
    return make_csv((head, *rows))


def messages(at: Setting) -> bytes:
    """Messages as customers received them, as plain text."""
    lines = (
        at.say("Messages sent to customers, {before}", "رسائل أُرسلت إلى المتعاملين، {before}"),
        "",
        at.say(
            "1. “From Sunday on you can hand in your request until 18:00. {dep}”",
            "1. «ابتداءً من يوم الأحد يمكنكم تقديم طلباتكم حتى الساعة 18:00. {dep}»",
        ),
        at.say(
            "2. “Your request needs two more days: one paper is being checked by another office. "
            "New date: Wednesday. You need not do anything.”",
            "2. «يحتاج طلبكم إلى يومين آخرين، لأن إحدى الوثائق قيد التدقيق لدى جهة أخرى. "
            "الموعد الجديد: "
            "يوم الأربعاء. ولا يلزمكم أي إجراء.»",
        ),
        at.say(
            "3. “You told us that our letter was unclear. We have rewritten it. Thank you.”",
            "3. «أخبرتمونا بأن رسالتنا غير واضحة، فأعدنا صياغتها. شكرًا لكم.»",
        ),
        "",
    )
    return "\n".join(lines).encode()


def waiting_picture(at: Setting) -> bytes:
    """Waiting in the service hall by hour (across) and working day (down), as a picture."""
    draw = _draw(at, "waiting")
    peak = (0.35, 0.7, 0.95, 1.0, 0.8, 0.55, 0.4, 0.3)
    days = (1.0, 0.75, 0.6, 0.65, 0.85)
    grid = [
        [min(1.0, max(0.0, hour * day + draw.uniform(-0.12, 0.08))) for hour in peak]
        for day in days
    ]
    return make_heat_map(grid)
