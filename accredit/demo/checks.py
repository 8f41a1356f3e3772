"""What a department asked and checked: answers of customers, training, contacts, waiting."""

from __future__ import annotations

from collections.abc import Sequence

from accredit.demo.documents import Setting
from accredit.demo.files import Rows, make_heat_map
from accredit.demo.registers import draw_for, workbook
from accredit.text import Bilingual

#: What a survey asks besides satisfaction and ease, by the quarter of the year.
_ASKED = (
    Bilingual("Was the employee patient and courteous?", "هل كان الموظف صبورًا ولطيفًا؟"),
    Bilingual(
        "Did you receive what was announced, when it was announced?",
        "هل حصلت على ما أُعلن لك في موعده؟",
    ),
    Bilingual("Did you know the next step at every moment?", "هل كنت تعرف الخطوة التالية دائمًا؟"),
    Bilingual("Did you reach us at the first attempt?", "هل وصلت إلينا من أول محاولة؟"),
)
_REMARKS = (
    ("", ""),
    ("", ""),
    ("", ""),
    ("Quick and friendly.", "سرعة ولطف في التعامل."),
    ("I had to come twice.", "اضطررت إلى الحضور مرتين."),
    ("Clear message, thank you.", "رسالة واضحة، شكرًا لكم."),
    ("Nobody told me about the delay.", "لم يخبرني أحد بالتأخير."),
    ("The employee solved it without sending me on.", "أنجزها الموظف دون أن يحيلني إلى غيره."),
    ("I did not find the form on the website.", "لم أجد النموذج في الموقع."),
)


def survey_answers(at: Setting) -> bytes:
    """All answers of a survey, one row each, and the questions as they were asked."""
    say, draw, count = at.say, draw_for(at, "survey"), 80
    question = _ASKED[at.period.first.month // 3].in_language(at.language)
    rows: list[Sequence[str | int]] = [
        (
            say("Answered", "تاريخ الرد"),
            say("Satisfaction (1–5)", "الرضا (1–5)"),
            say("Ease (1–7)", "السهولة (1–7)"),
            say("Third question (1–5)", "السؤال الثالث (1–5)"),
            say("In their words", "بكلماتهم"),
        )
    ]
    for number in range(count):
        en, ar = draw.choice(_REMARKS)
        satisfied = draw.choices((1, 2, 3, 4, 5), (4, 6, 15, 40, 35))[0]
        rows.append(
            (
                at.period.day(number, count).isoformat(),
                satisfied,
                min(7, satisfied + draw.randint(0, 2)),
                min(5, max(1, satisfied + draw.randint(-1, 1))),
                say(en, ar),
            )
        )
    asked: Rows = (
        (say("Question", "السؤال"), say("Scale", "المقياس")),
        (say("How satisfied are you with the service?", "ما مدى رضاك عن الخدمة؟"), "1–5"),
        (say("Was it easy to get this done?", "هل كان إنجاز معاملتك سهلًا؟"), "1–7"),
        (question, "1–5"),
    )
    return workbook(at, (say("Answers", "الردود"), rows), (say("Questions", "الأسئلة"), asked))


#: The courses of each record of training.
SKILLS = (
    Bilingual("Listening and plain language", "الإصغاء ولغة واضحة"),
    Bilingual("Difficult conversations", "المواقف الصعبة"),
    Bilingual("Serving people with disabilities", "خدمة ذوي الإعاقة"),
)
INDUCTION = (
    Bilingual("Service charter and handbook", "ميثاق الخدمة ودليل الإجراءات"),
    Bilingual("Using the customer record", "استخدام سجل المتعامل"),
    Bilingual("A day beside an experienced employee", "يوم مع موظف خبير"),
)
DATA_PROTECTION = (
    Bilingual("Handling personal data", "التعامل مع البيانات الشخصية"),
    Bilingual("Who may open a record", "من يفتح السجل"),
)


def training_record(courses: Sequence[Bilingual], at: Setting) -> bytes:
    """Who was trained in what and when, and how the check in real work went."""
    say, draw, count = at.say, draw_for(at, courses[0].en), 30
    rows: list[Sequence[str | int]] = [
        (
            say("Employee", "الموظف"),
            say("Course", "الدورة"),
            say("Date", "التاريخ"),
            say("Hours", "الساعات"),
            say("Check in real work", "التحقق في أثناء العمل"),
        )
    ]
    for number in range(count):
        who = draw.randint(1, 60)
        rows.append(
            (
                say(f"Employee {who:02d}", f"موظف {who:02d}"),
                draw.choice(courses).in_language(at.language),
                at.period.day(number, count).isoformat(),
                draw.choice((2, 4, 6, 8)),
                say("passed", "مجتاز") if draw.random() < 0.9 else say("repeat", "يعاد"),
            )
        )
    return workbook(at, (say("Training", "التدريب"), rows))


def contact_checks(at: Setting) -> bytes:
    """A round of checked contacts: how each was scored, and what the coach spoke about."""
    say, draw, count = at.say, draw_for(at, "checks"), 30
    contacts = (
        say("Call", "مكالمة"),
        say("Counter", "صالة الخدمة"),
        say("Written reply", "رد مكتوب"),
    )
    notes = (
        *("–", "–", "–"),
        say("Name the next step", "بيان الخطوة التالية"),
        say("Shorter sentences", "جمل أقصر"),
        say("Ask before passing on", "السؤال قبل الإحالة"),
    )
    rows: list[Sequence[str | int]] = [
        (
            say("Date", "التاريخ"),
            say("Contact", "التواصل"),
            say("Courteous (0–2)", "اللباقة (0–2)"),
            say("Complete (0–2)", "الاكتمال (0–2)"),
            say("Fitted to the customer (0–2)", "مراعاة حال المتعامل (0–2)"),
            say("Coaching", "التوجيه"),
        )
    ]
    rows += [
        (
            at.period.day(number, count).isoformat(),
            draw.choice(contacts),
            *(draw.choice((1, 2, 2, 2)) for _ in range(3)),
            draw.choice(notes),
        )
        for number in range(count)
    ]
    return workbook(at, (say("Checks", "الفحوص"), rows))


def waiting_picture(at: Setting) -> bytes:
    """Waiting in the service hall by hour (across) and working day (down), as a picture."""
    draw = draw_for(at, "waiting")
    peak = (0.35, 0.7, 0.95, 1.0, 0.8, 0.55, 0.4, 0.3)
    days = (1.0, 0.75, 0.6, 0.65, 0.85)
    grid = [
        [min(1.0, max(0.0, hour * day + draw.uniform(-0.12, 0.08))) for hour in peak]
        for day in days
    ]
    return make_heat_map(grid)
