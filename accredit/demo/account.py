"""Papers in which a department gives account: minutes, reports, a look at its system."""

from __future__ import annotations

from datetime import date
from random import Random

from accredit.demo.chance import seeded
from accredit.demo.documents import Setting
from accredit.demo.files import Document, Section
from accredit.demo.periods import month_and_year
from accredit.text import Bilingual

#: What is decided month by month, who sees to it, and within how many days. Two years long, so
#: that the minutes of this year decide nothing that those of last year did.
_DECISIONS = (
    (
        Bilingual("Open a second counter on Sundays", "فتح شباك ثانٍ يوم الأحد"),
        Bilingual("Head of the service hall", "رئيس صالة الخدمة"),
        30,
    ),
    (
        Bilingual(
            "Show the next step on the receipt of every request",
            "بيان الخطوة التالية في إيصال كل طلب",
        ),
        Bilingual("Head of requests", "رئيس وحدة الطلبات"),
        45,
    ),
    (
        Bilingual(
            "Answer e-mails of the weekend before noon on Monday",
            "الرد على رسائل عطلة نهاية الأسبوع قبل ظهر الاثنين",
        ),
        Bilingual("Head of correspondence", "رئيس وحدة المراسلات"),
        14,
    ),
    (
        Bilingual("Rewrite the three letters most asked about", "إعادة صياغة أكثر ثلاث رسائل"),
        Bilingual("Head of correspondence", "رئيس وحدة المراسلات"),
        60,
    ),
    (
        Bilingual(
            "Let one person follow a complaint to its end",
            "تكليف موظف واحد بمتابعة كل شكوى حتى نهايتها",
        ),
        Bilingual("Complaints officer", "مسؤول الشكاوى"),
        30,
    ),
    (
        Bilingual(
            "Move two employees to the telephone from 10:00 to 12:00",
            "نقل موظفين إلى الهاتف من الساعة 10:00 إلى 12:00",
        ),
        Bilingual("Shift leader", "رئيس المناوبة"),
        7,
    ),
    (
        Bilingual(
            "Accept copies where the original is in our own archive",
            "قبول صورة الوثيقة متى كان أصلها محفوظًا لدينا",
        ),
        Bilingual("Head of requests", "رئيس وحدة الطلبات"),
        30,
    ),
    (
        Bilingual(
            "Ask older customers which steps they could not do alone",
            "سؤال كبار المواطنين عما تعذر عليهم إنجازه وحدهم",
        ),
        Bilingual("Head of the service hall", "رئيس صالة الخدمة"),
        45,
    ),
    (
        Bilingual("Call back ten dissatisfied customers", "الاتصال بعشرة متعاملين غير راضين"),
        Bilingual("Complaints officer", "مسؤول الشكاوى"),
        14,
    ),
    (
        Bilingual(
            "Publish the share of promises kept beside each promise",
            "نشر نسبة الوفاء إلى جانب كل التزام",
        ),
        Bilingual("Head of correspondence", "رئيس وحدة المراسلات"),
        30,
    ),
    (
        Bilingual(
            "Tell customers of a delay two days before the date",
            "إبلاغ المتعامل بالتأخير قبل الموعد بيومين",
        ),
        Bilingual("Head of requests", "رئيس وحدة الطلبات"),
        21,
    ),
    (
        Bilingual(
            "Put the coming peak weeks into the staffing plan",
            "إدراج أسابيع الذروة المقبلة في خطة الموظفين",
        ),
        Bilingual("Shift leader", "رئيس المناوبة"),
        30,
    ),
    (
        Bilingual(
            "Read the ten longest cases from first contact to the end",
            "دراسة أطول عشر معاملات من أول تواصل إلى نهايتها",
        ),
        Bilingual("Head of requests", "رئيس وحدة الطلبات"),
        30,
    ),
    (
        Bilingual(
            "Offer a call back to those who wait more than five minutes",
            "عرض معاودة الاتصال على من ينتظر أكثر من خمس دقائق",
        ),
        Bilingual("Shift leader", "رئيس المناوبة"),
        21,
    ),
    (
        Bilingual(
            "Put a seat and a ramp at the third counter", "توفير مقعد ومنحدر عند الشباك الثالث"
        ),
        Bilingual("Head of the service hall", "رئيس صالة الخدمة"),
        60,
    ),
    (
        Bilingual(
            "Ask for each paper once, and keep what was shown",
            "طلب كل وثيقة مرة واحدة وحفظ ما قُدّم منها",
        ),
        Bilingual("Head of requests", "رئيس وحدة الطلبات"),
        45,
    ),
    (
        Bilingual(
            "Answer in the language in which the customer wrote",
            "الرد باللغة التي كتب بها المتعامل",
        ),
        Bilingual("Head of correspondence", "رئيس وحدة المراسلات"),
        14,
    ),
    (
        Bilingual(
            "Compare like complaints before the answer is signed",
            "مقارنة الشكاوى المتشابهة قبل توقيع الرد",
        ),
        Bilingual("Complaints officer", "مسؤول الشكاوى"),
        30,
    ),
    (
        Bilingual(
            "Test the waiting tickets with two customers who are blind",
            "تجربة تذاكر الانتظار مع متعاملين اثنين من المكفوفين",
        ),
        Bilingual("Head of the service hall", "رئيس صالة الخدمة"),
        45,
    ),
    (
        Bilingual(
            "Name one employee to ask in each supporting unit",
            "تسمية موظف يُرجع إليه في كل وحدة مساندة",
        ),
        Bilingual("Head of requests", "رئيس وحدة الطلبات"),
        14,
    ),
    (
        Bilingual(
            "Take out of the form what nobody has used for a year",
            "حذف ما لم يُستعمل في النموذج منذ سنة",
        ),
        Bilingual("Head of requests", "رئيس وحدة الطلبات"),
        60,
    ),
    (
        Bilingual(
            "Send the reminder a week before a licence or date ends",
            "إرسال التذكير قبل أسبوع من انتهاء المدة",
        ),
        Bilingual("Head of correspondence", "رئيس وحدة المراسلات"),
        30,
    ),
    (
        Bilingual(
            "Let new employees sit beside an experienced one for a week",
            "مرافقة كل موظف جديد لموظف خبير مدة أسبوع",
        ),
        Bilingual("Shift leader", "رئيس المناوبة"),
        30,
    ),
    (
        Bilingual(
            "Thank those whose complaint changed a rule, by name",
            "شكر من أدت شكواه إلى تغيير قاعدة باسمه",
        ),
        Bilingual("Complaints officer", "مسؤول الشكاوى"),
        21,
    ),
)
#: What was learned and what is still open: in a year, then quarter by quarter.
_YEARLY = (
    Bilingual(
        "Most repeat contacts come from letters that name no next step. Three letters "
        "were rewritten with customers; repeat contacts about them fell by a third.",
        "أكثر ما يعاود المتعامل التواصل بسببه رسائل لا تبيّن الخطوة التالية. فأُعيدت "
        "صياغة ثلاث منها بمشاركة متعاملين، وتراجعت معاودة التواصل بشأنها بمقدار الثلث.",
    ),
    Bilingual(
        "Not yet solved: waiting on Sundays and after holidays.",
        "ولم يُحل بعد: الانتظار أيام الأحد وبعد العطل.",
    ),
)
_QUARTERLY = (
    (
        Bilingual(
            "Two of five requests came back for one missing paper. The list of papers now "
            "stands on the first page of the form.",
            "أُعيد طلبان من كل خمسة لنقص وثيقة واحدة، فوُضعت قائمة الوثائق في أول النموذج.",
        ),
        Bilingual(
            "Not yet solved: the form is not the same on the website and in the application.",
            "ولم يُحل بعد: اختلاف النموذج بين الموقع والتطبيق.",
        ),
    ),
    (
        Bilingual(
            "Calls are longest where the employee has to ask another unit. The five questions "
            "asked most now have an agreed answer.",
            "أطول المكالمات هي التي احتاج فيها الموظف إلى سؤال وحدة أخرى، فاتُّفق على جواب "
            "موحّد لأكثر خمسة أسئلة تكرارًا.",
        ),
        Bilingual(
            "Not yet solved: two units answer after more than a day.",
            "ولم يُحل بعد: وحدتان تتأخران في الرد أكثر من يوم.",
        ),
    ),
    (
        Bilingual(
            "The renewal of the case system cost eleven days of delay. Customers were told "
            "before the date in nine of ten cases.",
            "أخّر تحديث نظام المعاملات الإنجاز أحد عشر يومًا، وأُبلغ المتعاملون قبل الموعد في تسع "
            "معاملات من كل عشر.",
        ),
        Bilingual(
            "Not yet solved: requests begun in the old system are answered by hand.",
            "ولم يُحل بعد: الطلبات التي بدأت في النظام السابق تُنجز يدويًا.",
        ),
    ),
    (
        Bilingual(
            "Customers who were called back after a complaint came again less often with the "
            "same matter.",
            "من اتصلنا بهم بعد شكواهم قلّت عودتهم بالموضوع نفسه.",
        ),
        Bilingual(
            "Not yet solved: waiting in the last two weeks of the year.",
            "ولم يُحل بعد: الانتظار في آخر أسبوعين من السنة.",
        ),
    ),
    (
        Bilingual(
            "Half of those who left a request unfinished online did so at the payment. The page "
            "now says beforehand which cards are taken.",
            "نصف من تركوا طلباتهم في الموقع قبل إتمامها تركوها عند الدفع، فصارت الصفحة تبيّن "
            "البطاقات المقبولة قبل ذلك.",
        ),
        Bilingual(
            "Not yet solved: who pays in cash has to come in person.",
            "ولم يُحل بعد: من يدفع نقدًا يلزمه الحضور.",
        ),
    ),
)


def minutes(at: Setting, title: str) -> Document:
    """Minutes of the monthly meetings about customers' results, with what was decided."""
    return at.document(title, *(_meeting(at, month) for month in at.period.months))


def _meeting(at: Setting, month: date) -> Section:
    """The meeting of a month, which first looks back on what the one before decided."""
    say, language = at.say, at.language
    called = month_and_year(month, language)
    # Each department begins elsewhere.
    turn = seeded("minutes", at.department.en).randrange(len(_DECISIONS)) + month.month
    turn += month.year * 12
    decision, responsible, days = _DECISIONS[turn % len(_DECISIONS)]
    before = _DECISIONS[(turn - 1) % len(_DECISIONS)][0].in_language(language)
    draw = seeded("meeting", at.department.en, called)
    return Section(
        say(f"Meeting of {called}", f"اجتماع {called}"),
        (
            say(
                "Present: the head of the department, the unit heads and two serving employees.",
                "الحضور: قائد {dep} ورؤساء الوحدات واثنان من مقدمي الخدمة.",
            ),
            say(
                f"Read out and discussed: {draw.randint(71, 92)}% of customers satisfied, "
                f"{draw.randint(6, 21)} minutes of waiting, and five comments by customers.",
                f"عُرضت النتائج ونوقشت: نسبة الراضين {draw.randint(71, 92)}%، ومتوسط الانتظار "
                f"{draw.randint(6, 21)} دقيقة، وخمسة من تعليقات المتعاملين.",
            ),
            say(
                f"From the meeting before: “{before}”. Carried out.",
                f"متابعة الاجتماع السابق: «{before}»، وقد نُفّذ.",
            ),
        ),
        table=(
            (say("Decision", "القرار"), say("Responsible", "المسؤول"), say("Due", "الموعد")),
            (
                decision.in_language(language),
                responsible.in_language(language),
                say(f"within {days} days", f"المدة بالأيام: {days}"),
            ),
        ),
    )


def annual_report(at: Setting, title: str) -> Document:
    """The year's report: figures by channel as table and bars, and what follows from them."""
    draw = seeded(title, at.department.en, at.year)
    shares = tuple((name, float(draw.randint(62, 91))) for name in _channels(at))
    return at.document(
        title,
        _figures(at, draw, at.say("The year in figures", "السنة في أرقام")),
        Section(
            at.say("Satisfied customers by channel", "المتعاملون الراضون بحسب القناة"),
            shares=shares,
        ),
        _learned(at, _YEARLY),
    )


def quarterly_report(at: Setting, title: str) -> Document:
    """A quarter's report: figures by channel, how far each objective has come, what follows."""
    draw = seeded("quarter", at.department.en, at.period.first)
    quarter = at.period.first.year * 4 + at.period.first.month // 3
    return at.document(
        title,
        _figures(at, draw, at.say("The quarter in figures", "الربع في أرقام")),
        _progress(at, draw),
        _learned(at, _QUARTERLY[quarter % len(_QUARTERLY)]),
    )


def _channels(at: Setting) -> tuple[str, ...]:
    say = at.say
    return (
        say("Counter", "صالة الخدمة"),
        say("Telephone", "الهاتف"),
        say("Website", "الموقع"),
        say("Application", "التطبيق"),
        say("E-mail", "البريد الإلكتروني"),
    )


def _figures(at: Setting, draw: Random, heading: str) -> Section:
    """Cases and answers by channel: as many a month, whatever the period."""
    say, months = at.say, len(at.period.months)
    return Section(
        heading,
        (
            say(
                "All figures are computed from the raw list of cases; the list is kept and can "
                "be recomputed. Figures with fewer than 30 answers are not shown.",
                "حُسبت الأرقام كلها من القائمة الأصلية للحالات، وهي محفوظة ويمكن إعادة الحساب "
                "منها. ولا تُعرض الأرقام التي تقل ردودها عن 30.",
            ),
        ),
        table=(
            (say("Channel", "القناة"), say("Cases", "الحالات"), say("Answers", "الردود")),
            *(
                (name, months * draw.randint(75, 750), months * draw.randint(11, 58))
                for name in _channels(at)
            ),
        ),
    )


def _progress(at: Setting, draw: Random) -> Section:
    """Milestones of the strategy that were due in the period, met and late."""
    say = at.say
    objectives = (
        say("Satisfied customers", "المتعاملون الراضون"),
        say("Solved at first contact", "الحل من أول تواصل"),
        say("Promised times kept", "الوفاء بالمواعيد"),
        say("Staff trained in service skills", "الموظفون المدرَّبون على مهارات الخدمة"),
    )
    due = [(name, draw.randint(2, 5), draw.randint(0, 1)) for name in objectives]
    return Section(
        say("Progress towards the objectives", "التقدم نحو الأهداف"),
        (
            say(
                "Each late milestone has a new date, agreed with its owner.",
                "ولكل مرحلة متأخرة موعد جديد اتُّفق عليه مع المسؤول عنها.",
            ),
        ),
        table=(
            (
                say("Objective", "الهدف"),
                say("Milestones due", "المراحل المستحقة"),
                say("Met", "المنجز"),
                say("Late", "المتأخر"),
            ),
            *((name, count, count - late, late) for name, count, late in due),
        ),
    )


def _learned(at: Setting, lessons: tuple[Bilingual, ...]) -> Section:
    return Section(
        at.say("What was learned", "ما استفدناه"),
        tuple(lesson.in_language(at.language) for lesson in lessons),
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
