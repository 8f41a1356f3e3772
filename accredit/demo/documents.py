"""What stands in the papers by which a department works: charter, strategy, procedures."""

from __future__ import annotations

from dataclasses import dataclass

from accredit.demo.chance import seeded
from accredit.demo.files import Document, Section
from accredit.demo.periods import Period, month_and_year
from accredit.text import Bilingual, Language


@dataclass(frozen=True, slots=True)
class Setting:
    """For whom a file is made, in which year, and the period it tells of."""

    department: Bilingual
    organisation: Bilingual
    language: Language
    year: int
    period: Period

    def say(self, en: str, ar: str) -> str:
        """The text in the file's language, with department, year and period filled in."""
        text = ar if self.language == "ar" else en
        months = self.period.months
        return text.format(
            dep=self.department.in_language(self.language),
            year=self.year,
            before=self.year - 1,
            period=self.period.name(self.language),
            opening=month_and_year(months[0], self.language),
            closing=month_and_year(months[-1], self.language),
        )

    def document(self, title: str, *sections: Section) -> Document:
        """A document of this department."""
        subtitle = " · ".join(
            name.in_language(self.language) for name in (self.organisation, self.department)
        )
        return Document(title, subtitle, self.language, sections)


def charter(at: Setting, title: str) -> Document:
    """The service charter: what is promised, within what time, and who answers for it."""
    say = at.say
    return at.document(
        title,
        Section(
            say("What customers may expect", "ما يحق للمتعامل أن يتوقعه"),
            (
                say(
                    "We promise what we can keep. Each promise below has an owner, is "
                    "measured on every case, and is published each quarter with the share kept.",
                    "لا تعد {dep} إلا بما تستطيع الوفاء به. ولكل التزام فيما يأتي مسؤول، ويُقاس على "
                    "الحالات كلها، وتُنشر نسبة الوفاء به كل ربع سنة.",
                ),
                say(
                    "A customer who waits longer than promised is told before the date passes, "
                    "with the reason and a new date.",
                    "ومن تتأخر معاملته نبلغه قبل حلول الموعد بالسبب وبالموعد الجديد.",
                ),
            ),
            table=(
                (say("Promise", "الالتزام"), say("Within", "المدة"), say("Owner", "المسؤول")),
                (
                    say("First answer to an e-mail", "أول رد على بريد إلكتروني"),
                    say("24 hours", "24 ساعة"),
                    say("Head of correspondence", "رئيس وحدة المراسلات"),
                ),
                (
                    say("Telephone answered by a person", "رد موظف على المكالمة"),
                    say("60 seconds", "60 ثانية"),
                    say("Shift leader", "رئيس المناوبة"),
                ),
                (
                    say("Standard request settled", "إنجاز الطلب المعتاد"),
                    say("3 working days", "3 أيام عمل"),
                    say("Head of requests", "رئيس وحدة الطلبات"),
                ),
                (
                    say("Complaint answered with reasons", "الرد المعلّل على الشكوى"),
                    say("10 working days", "10 أيام عمل"),
                    say("Complaints officer", "مسؤول الشكاوى"),
                ),
            ),
        ),
        Section(
            say("If a promise is not kept", "إذا لم نفِ بالتزام"),
            (
                say(
                    "Say so at the counter, by telephone or online. The owner of the promise "
                    "answers in person within two working days, and the cause is recorded.",
                    "أخبرنا في صالة الخدمة أو بالهاتف أو عبر الموقع. ويرد عليك المسؤول عن الالتزام "
                    "بنفسه خلال يومي عمل، ويُسجَّل السبب.",
                ),
                say(
                    "Anyone may ask for a review by somebody who had no part in the case.",
                    "ولكل متعامل أن يطلب مراجعة من موظف لم يشارك في المعاملة.",
                ),
            ),
        ),
        Section(
            say("Review of the charter", "مراجعة الميثاق"),
            (
                say(
                    "Approved for {year} by the head of the department. Promises kept in fewer "
                    "than 90% of "
                    "cases in two consecutive quarters are examined with the teams that keep them.",
                    "اعتُمد لسنة {year} من قائد {dep}. وكل التزام تقل نسبة الوفاء به عن 90% في "
                    "ربعين "
                    "متتاليين يُدرس مع الفرق القائمة عليه.",
                ),
            ),
        ),
    )


def strategy(at: Setting, title: str) -> Document:
    """The service strategy: vision, objectives with baseline and target, risks."""
    say, draw = at.say, seeded("strategy", at.department.en, at.year)
    objectives = (
        (say("Satisfied customers", "المتعاملون الراضون"), draw.randint(70, 78), 9),
        (say("Solved at first contact", "الحل من أول تواصل"), draw.randint(58, 66), 10),
        (say("Promised times kept", "الوفاء بالمواعيد"), draw.randint(78, 84), 11),
        (
            say("Staff trained in service skills", "الموظفون المدرَّبون على مهارات الخدمة"),
            draw.randint(56, 68),
            28,
        ),
    )
    return at.document(
        title,
        Section(
            say("Vision", "الرؤية"),
            (
                say(
                    "Whoever needs us is done in one step and leaves with an answer.",
                    "من احتاج إلى {dep} أنجز معاملته بخطوة واحدة وخرج بجواب.",
                ),
            ),
        ),
        Section(
            say("Objectives for {year}", "أهداف سنة {year}"),
            (
                say(
                    "Baselines are the averages of {before}. Owners report every month.",
                    "خطوط الأساس هي متوسطات سنة {before}، ويرفع المسؤولون تقاريرهم كل شهر.",
                ),
            ),
            table=(
                (
                    say("Objective", "الهدف"),
                    say("Baseline", "خط الأساس"),
                    say("Target", "المستهدف"),
                ),
                *((name, f"{share}%", f"{share + more}%") for name, share, more in objectives),
            ),
        ),
        Section(
            say("Risks", "المخاطر"),
            (
                say(
                    "Seasonal peaks in the first quarter, two posts not yet filled, and a renewal "
                    "of the case system in summer. Each has a named owner and a plan.",
                    "ذروة موسمية في الربع الأول، ووظيفتان شاغرتان، وتحديث نظام المعاملات في الصيف. "
                    "ولكل "
                    "منها مسؤول مسمّى وخطة.",
                ),
            ),
        ),
    )


def procedures(at: Setting, title: str) -> Document:
    """The handbook: steps of the main process, exceptions, complaints."""
    say = at.say
    steps = (
        ("Receive the request in any channel", "استلام الطلب من أي قناة", "5", "5"),
        ("Check that it is complete while the customer is there", "التأكد من اكتماله", "10", "10"),
        ("Decide, or ask the one person who can", "البت فيه أو سؤال صاحب الصلاحية", "40", "40"),
        ("Tell the customer, with the reason", "إبلاغ المتعامل مع بيان السبب", "5", "5"),
        ("Ask whether it was easy, and close", "السؤال عن سهولة الإجراء ثم الإغلاق", "2", "2"),
    )
    return at.document(
        title,
        Section(
            say("From request to answer", "من الطلب إلى الجواب"),
            (
                say(
                    "The owner of the process reviews these steps twice a year with three "
                    "customers and three serving employees.",
                    "يراجع مالك العملية هذه الخطوات مرتين في السنة مع ثلاثة متعاملين وثلاثة من "
                    "مقدمي "
                    "الخدمة.",
                ),
            ),
            table=(
                (say("Step", "الخطوة"), say("Minutes", "الدقائق")),
                *((say(en, ar), minutes) for en, ar, minutes, _ in steps),
            ),
        ),
        Section(
            say("What staff may decide on the spot", "ما يبتّ فيه الموظف في الحال"),
            (
                say(
                    "Waive a late fee once a year, extend a date by five working days, accept a "
                    "copy where the original follows within a week. Each use is noted in the case.",
                    "الإعفاء من غرامة تأخير مرة في السنة، وتمديد الموعد خمسة أيام عمل، وقبول صورة "
                    "الوثيقة "
                    "على أن يُقدَّم الأصل خلال أسبوع. ويُدوَّن كل استعمال لذلك في المعاملة.",
                ),
            ),
        ),
        Section(
            say("Complaints and exceptions", "الشكاوى والحالات الخاصة"),
            (
                say(
                    "Acknowledge within two working days, answer within ten with reasons, offer a "
                    "review by somebody not involved. Causes are counted every month.",
                    "الإشعار بالاستلام خلال يومي عمل، والرد المعلّل خلال عشرة أيام، وعرض مراجعة من "
                    "موظف لم "
                    "يشارك في المعاملة. وتُحصى الأسباب كل شهر.",
                ),
            ),
        ),
    )


def complaint_procedure(at: Setting, title: str) -> Document:
    """How a complaint is settled, who may review it, and when a rule may give way."""
    say = at.say
    return at.document(
        title,
        Section(
            say("From complaint to change", "من الشكوى إلى التغيير"),
            (
                say(
                    "A complaint may be made in any channel and in any words. Nobody is asked to "
                    "come in person for it.",
                    "تُقبل الشكوى من أي قناة وبأي صيغة، ولا يُطلب من صاحبها الحضور لأجلها.",
                ),
            ),
            table=(
                (say("Step", "الخطوة"), say("Who", "المسؤول"), say("Within", "المدة")),
                (
                    say("Acknowledge, with the officer's name", "الإشعار مع اسم المسؤول"),
                    say("Complaints officer", "مسؤول الشكاوى"),
                    say("2 working days", "يوما عمل"),
                ),
                (
                    say("Hear the customer and the employee", "سماع المتعامل والموظف"),
                    say("Complaints officer", "مسؤول الشكاوى"),
                    say("5 working days", "5 أيام عمل"),
                ),
                (
                    say("Answer with reasons and offer a review", "الرد المعلّل مع عرض المراجعة"),
                    say("Unit head", "رئيس الوحدة"),
                    say("10 working days", "10 أيام عمل"),
                ),
                (
                    say(
                        "Mend the cause, and check that it is gone", "معالجة السبب والتحقق من زواله"
                    ),
                    say("Owner of the process", "مالك العملية"),
                    say("60 days", "60 يومًا"),
                ),
            ),
        ),
        Section(
            say("Review by somebody not involved", "المراجعة من موظف لم يشارك"),
            (
                say(
                    "The head of the department names the reviewer, who reads the whole case and "
                    "may change the answer. The customer is told who it was.",
                    "يسمّي قائد {dep} من يتولى المراجعة، فيطّلع على المعاملة كاملة وله أن يغيّر الرد، "
                    "ويُبلَّغ المتعامل باسمه.",
                ),
            ),
        ),
        Section(
            say("When a rule may give way", "متى يُستثنى من القاعدة"),
            (
                say(
                    "Illness, disability, a death in the family or a mistake of ours. Like cases "
                    "are compared each quarter, and a rule that gave way ten times is rewritten.",
                    "المرض والإعاقة ووفاة قريب والخطأ الصادر منا. وتُقارن الحالات المتشابهة كل ربع "
                    "سنة، وكل قاعدة استُثني منها عشر مرات تُعاد صياغتها.",
                ),
                say("In force for {year}.", "يُعمل بهذا الإجراء في سنة {year}."),
            ),
        ),
    )
