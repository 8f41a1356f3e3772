"""Papers in which a department gives account: minutes, the year's report, a look at its system."""

from __future__ import annotations

from accredit.demo.chance import seeded
from accredit.demo.documents import Setting
from accredit.demo.files import Document, Section


def minutes(at: Setting, title: str) -> Document:
    """Minutes of three meetings about customers' results, with what was decided."""
    say = at.say
    meetings = (
        ("January", "يناير", "Open a second counter on Sundays", "فتح شباك ثانٍ يوم الأحد"),
        ("April", "أبريل", "Rewrite the three letters most asked about", "إعادة صياغة ثلاث رسائل"),
        ("September", "سبتمبر", "Call back ten dissatisfied customers", "الاتصال بعشرة غير راضين"),
    )
    return at.document(
        title,
        *(
            Section(
                say(f"Meeting of {en} {{year}}", f"اجتماع {ar} {{year}}"),
                (
                    say(
                        "Present: the head of the department, the unit heads and two serving "
                        "employees.",
                        "الحضور: قائد {dep} ورؤساء الوحدات واثنان من مقدمي الخدمة.",
                    ),
                    say(
                        "The month's satisfaction, waiting times and five comments by customers "
                        "were read out and discussed.",
                        "عُرضت نتائج الرضا وأزمنة الانتظار وخمسة من تعليقات المتعاملين، ثم نوقشت.",
                    ),
                ),
                table=(
                    (
                        say("Decision", "القرار"),
                        say("Responsible", "المسؤول"),
                        say("Due", "الموعد"),
                    ),
                    (
                        say(decision, decided),
                        say("Head of requests", "رئيس وحدة الطلبات"),
                        say("30 days", "30 يومًا"),
                    ),
                ),
            )
            for en, ar, decision, decided in meetings
        ),
    )


def annual_report(at: Setting, title: str) -> Document:
    """The year's report: figures by channel as table and bars, and what follows from them."""
    say = at.say
    draw = seeded(title, at.department.en, at.year)
    channels = (
        say("Counter", "صالة الخدمة"),
        say("Telephone", "الهاتف"),
        say("Website", "الموقع"),
        say("Application", "التطبيق"),
        say("E-mail", "البريد الإلكتروني"),
    )
    shares = tuple((name, float(draw.randint(62, 91))) for name in channels)
    return at.document(
        title,
        Section(
            say("The year in figures", "السنة في أرقام"),
            (
                say(
                    "All figures are computed from the raw list of cases; the list is kept and can "
                    "be recomputed. Figures with fewer than 30 answers are not shown.",
                    "حُسبت الأرقام كلها من القائمة الأصلية للحالات، وهي محفوظة ويمكن إعادة الحساب "
                    "منها. ولا "
                    "تُعرض الأرقام التي تقل ردودها عن 30.",
                ),
            ),
            table=(
                (say("Channel", "القناة"), say("Cases", "الحالات"), say("Answers", "الردود")),
                *((name, draw.randint(900, 9000), draw.randint(80, 700)) for name in channels),
            ),
        ),
        Section(
            say("Satisfied customers by channel", "المتعاملون الراضون بحسب القناة"),
            shares=shares,
        ),
        Section(
            say("What was learned", "ما استفدناه"),
            (
                say(
                    "Most repeat contacts come from letters that name no next step. Three letters "
                    "were rewritten with customers; repeat contacts about them fell by a third.",
                    "أكثر ما يعاود المتعامل التواصل بسببه رسائل لا تبيّن الخطوة التالية. فأُعيدت "
                    "صياغة ثلاث "
                    "منها بمشاركة متعاملين، وتراجعت معاودة التواصل بشأنها بمقدار الثلث.",
                ),
                say(
                    "Not yet solved: waiting on Sundays and after holidays.",
                    "ولم يُحل بعد: الانتظار أيام الأحد وبعد العطل.",
                ),
            ),
        ),
    )


def screens(at: Setting, title: str) -> Document:
    """A walk through the system staff work with, in words; personal data left out."""
    say = at.say
    return at.document(
        title,
        Section(
            say("What an employee sees when a customer calls", "ما يراه الموظف عند اتصال المتعامل"),
            (
                say(
                    "The record opens by telephone number or identity number and shows earlier "
                    "contacts in every channel, open requests, consent and the preferred language.",
                    "يُفتح السجل برقم الهاتف أو رقم الهوية، ويعرض التعاملات السابقة في القنوات "
                    "كلها والطلبات "
                    "المفتوحة والموافقة واللغة المفضلة.",
                ),
            ),
            table=(
                (say("Field", "الحقل"), say("Kept for", "مدة الحفظ")),
                (say("Contacts", "التعاملات"), say("5 years", "5 سنوات")),
                (say("Recordings", "التسجيلات"), say("90 days", "90 يومًا")),
                (
                    say("Consent to reminders", "الموافقة على التذكير"),
                    say("Until withdrawn", "حتى سحبها"),
                ),
            ),
        ),
        Section(
            say("Who may open a record", "من يفتح السجل"),
            (
                say(
                    "Only staff with an open contact; every look is logged and sampled monthly.",
                    "لا يفتحه إلا موظف لديه تواصل قائم، ويُسجَّل كل اطلاع وتُفحص عينة منه كل شهر.",
                ),
            ),
        ),
    )
