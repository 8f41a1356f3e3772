"""What the departments intend to do about their gaps, and how far each intention has come."""

from __future__ import annotations

from dataclasses import dataclass

from accredit.improvement.domain import ActionStatus
from accredit.improvement.verification import Outcome


@dataclass(frozen=True, slots=True)
class Turn:
    """A step in the life of an action: its new status and what is said about it."""

    days_ago: int
    status: ActionStatus
    note: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody with no part in an action says after looking whether it worked."""

    days_ago: int
    by: str
    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True)
class Intent:
    """What is done about the gap in one element; `due` is in days before today.

    Without an `owner` and a `due` it stays as it was drafted.
    """

    code: str
    title: str = ""
    description: str = ""
    owner: str | None = None
    due: int = 0
    kpi: str | None = None
    target: float | None = None
    turns: tuple[Turn, ...] = ()
    findings: tuple[Finding, ...] = ()


_BEGUN, _DONE = ActionStatus.IN_PROGRESS, ActionStatus.DONE
_VERIFIED, _SENT_BACK = Outcome.VERIFIED, Outcome.SENT_BACK
_DAY = 86400.0

LICENSING = (
    Intent(
        "4.2",
        "إعلان مدة كل خدمة وإبلاغ المتعامل بالتأخير قبل الموعد",
        "تُقاس المدة على الحالات كلها، ويُرسل إشعار بالموعد الجديد قبل حلول الموعد المعلن.",
        "noor",
        150,
        "resolution_time",
        3 * _DAY,
        (
            Turn(315, _BEGUN, "حُصرت الخدمات الثلاث والعشرون ومددها الحالية."),
            Turn(172, _DONE, "المدد منشورة في القنوات كلها، والإشعار يُرسل آليًا."),
        ),
        (
            Finding(
                20,
                "khalid",
                _VERIFIED,
                "راجعتُ عشرين حالة من السجل: وصل الإشعار قبل الموعد فيها كلها، ومدة الإنجاز "
                "بلغت المستهدف.",
            ),
        ),
    ),
    Intent(
        "4.4",
        "سجل واحد للشكاوى من القنوات كلها مع رد معلّل ومراجعة محايدة",
        "يُراجع السجل أسبوعيًا، ولكل سبب متكرر تغيير مسجَّل ومسؤول.",
        "khalid",
        120,
        "csat",
        80,
        (
            Turn(300, _BEGUN, "السجل يعمل في قناتين من أربع."),
            Turn(118, _DONE, "القنوات الأربع في سجل واحد، و92% من الردود في موعدها."),
        ),
        (
            Finding(
                17,
                "huda",
                _VERIFIED,
                "اخترتُ خمس عشرة شكوى من القنوات الأربع: لكل منها رد معلّل، ورضا المتعاملين "
                "بلغ المستهدف.",
            ),
        ),
    ),
    Intent(
        "4.1",
        "دمج النماذج الخمسة لتجديد الرخصة في نموذج واحد",
        "يُصمَّم النموذج مع ستة متعاملين واثنين من مقدمي الخدمة.",
        "noor",
        140,
        "ces",
        5.1,
        (
            Turn(290, _BEGUN, "اختُبرت النسخة الأولى مع ستة متعاملين."),
            Turn(150, _DONE, "النموذج الواحد معتمد، وأُلغيت النماذج القديمة."),
            Turn(127, _DONE, "أُزيل النموذج القديم من الصفحتين ومن شاشات الصالة."),
        ),
        (
            Finding(
                141,
                "khalid",
                _SENT_BACK,
                "النموذج القديم ما زال منشورًا في صفحتين، والموظفون في الصالة يستعملونه.",
            ),
            Finding(
                112,
                "khalid",
                _VERIFIED,
                "جرّبتُ النموذج مع متعاملَين في الصالة، ولم يعد القديم متاحًا في أي قناة. "
                "مؤشر سهولة الخدمة تحسّن.",
            ),
        ),
    ),
    Intent(
        "6.8",
        "نشر النتائج ربع السنوية باللغتين ومعها الإجراءات",
        "تُنشر الأرقام غير السارّة كما تُنشر السارّة.",
        "khalid",
        70,
        "nps",
        25,
        (
            Turn(240, _BEGUN, "نُشر الربع الأول."),
            Turn(75, _DONE, "نُشرت أربعة أرباع متتالية."),
        ),
    ),
    Intent(
        "1.3",
        "مراجعة ميثاق الخدمة وتعيين مسؤول لكل التزام",
        "ثمانية التزامات، لكل منها مسؤول يرفع نسبة الوفاء كل شهر.",
        "khalid",
        -40,
        "response_time",
        1800,
        (Turn(200, _BEGUN, "عُيّن مسؤولون لستة من ثمانية التزامات."),),
    ),
    Intent(
        "2.2",
        "دراسة سنوية لاحتياجات أصحاب الأعمال الصغيرة",
        "مقابلات مع ثلاثين من أصحاب الأعمال، ثم استبيان لما تكشفه.",
        "noor",
        16,
        "visitor_intent",
        80,
        (Turn(95, _BEGUN, "أُجريت اثنتا عشرة مقابلة، وتأخر الباقي بسبب الموسم."),),
    ),
    Intent(
        "6.6",
        "اجتماع شهري لأسباب عدم الرضا بحضور مقدمي الخدمة",
        "تُعرض خمسة تعليقات وأسبابها، ويُتابع ما تقرر في الاجتماع السابق.",
        "noor",
        -65,
        "csat",
        85,
        (Turn(60, _BEGUN, "عُقد اجتماعان وقُرر فيهما أربعة إجراءات."),),
    ),
    Intent(
        "5.3",
        "شاشة في الصالة يُكمل منها المتعامل طلبًا بدأه في الموقع",
        "تجربة ثلاثة أشهر في صالة واحدة، مع قياس قبلها وبعدها.",
        "noor",
        180,
        turns=(
            Turn(
                230,
                ActionStatus.CANCELLED,
                "أُلغيت لأن التطبيق الجديد يتيح إكمال الطلب من أي قناة.",
            ),
        ),
    ),
    Intent(
        "5.7",
        "فحص إمكانية الوصول للنماذج الإلكترونية وإزالة العوائق",
        "يُجرى الفحص وفق WCAG 2.2، ثم يجرّب النماذج خمسة من ذوي الإعاقة.",
        "noor",
        -120,
        "visitor_intent",
        80,
    ),
    Intent("6.3"),
)

CONTACT = (
    Intent(
        "4.3",
        "Let agents settle the ten most frequent requests themselves",
        "Rights in the case system, a page of guidance for each request, coaching in "
        "the first month.",
        "tariq",
        25,
        "first_contact_resolution",
        80,
        (
            Turn(290, _BEGUN, "Rights given for four of the ten requests."),
            Turn(110, _BEGUN, "Six of ten; two posts are vacant and coaching is on hold."),
        ),
    ),
    Intent(
        "1.4",
        "Fill the two vacant posts and plan shifts by expected calls",
        "The forecast is made from two years of calls by hour and weekday.",
        "maryam",
        60,
        "response_time",
        35,
        (
            Turn(260, _BEGUN, "The forecast is ready; recruiting has begun."),
            Turn(63, _DONE, "Shifts follow the forecast. One post is still vacant."),
        ),
    ),
    Intent(
        "5.1",
        "Show earlier contacts of all channels in one record",
        "Telephone and e-mail first, chat afterwards.",
        "tariq",
        -90,
        "first_contact_resolution",
        80,
        (Turn(45, _BEGUN, "Telephone and e-mail are joined."),),
    ),
    Intent(
        "3.7",
        "Agree written award rules with the teams and ask every leaver why",
        "Awards rest on service results; the reasons are read out twice a year.",
        "maryam",
        -75,
    ),
    Intent("5.3"),
)

#: A department without gaps plans as well; this action comes from no assessment.
DIGITAL = Intent(
    "",
    "Ask account holders who fall silent what they miss, before they leave",
    "A message after sixty days without a visit, in their language, with one question.",
    "rania",
    175,
    "churn",
    6,
    (
        Turn(330, _BEGUN, "Tried with 400 account holders; one in five answered."),
        Turn(185, _DONE, "Sent to everybody; the answers are read each week."),
    ),
    (
        Finding(
            152,
            "yousef",
            _VERIFIED,
            "Read forty answers at random: two of the three reasons named most are dealt with, "
            "and fewer people leave.",
        ),
    ),
)
