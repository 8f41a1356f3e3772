"""How last year's assessments ended, and what became of one certificate since."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from accredit.certificate import service as certificates
from accredit.certificate.domain import DecisionKind
from accredit.certificate.models import Decision
from accredit.demo.walk import Walk

_REFUSED = (
    "لم تبلغ الإدارة شروط الاعتماد: عناصر عدة في محور العمليات دون المستوى المطلوب، ومواعيد الخدمة "
    "معلنة ولا يُوفى بها، والولاء لا يُقاس. ونوصي بخطة تحسين تبدأ بالمواعيد والشكاوى ثم تقييم جديد."
)
_GRANTED = (
    "استوفى مركز الاتصال شروط الاعتماد، والرضا المقيس فوق 70%. وبقيت فجوات محدودة في الحل من أول "
    "تواصل وفي السجل الموحد، وستُتابع في خطة التحسين."
)
_DISTINGUISHED = (
    "ليس في التقييم عنصر دون المستوى المطلوب، وأكثر من ربع العناصر في المستوى "
    "الاستثنائي، والحد الأدنى "
    "لمجال الثقة في رضا المتعاملين فوق 80%. فالامتياز مستحق."
)
_SUSPENDED = (
    "انخفض رضا المتعاملين عن 70% في آخر الأشهر المقيسة، وتضاعف زمن الرد منذ المنح. "
    "تُوقف الشهادة إلى أن "
    "ينتهي التقييم الجاري أو يعود القياس إلى ما كان عليه."
)


def note_decisions(walks: dict[str, Walk]) -> None:
    """Note last year's three decisions, and the suspension that followed one of them."""
    endings: tuple[tuple[str, int, str | None, str], ...] = (
        ("licensing-before", 354, None, _REFUSED),
        ("contact-before", 353, "accredited", _GRANTED),
        ("digital-before", 352, "distinction", _DISTINGUISHED),
    )
    for number, (key, days_ago, award, reason) in enumerate(endings):
        walk = walks[key]
        moment = walk.scene.diary.moment(days_ago, 11, 10 + 20 * number)
        walk.scene.diary.note(moment, partial(_decide, walk, award, reason))
    walk = walks["contact-before"]
    walk.scene.diary.note(walk.scene.diary.moment(18, 12, 40), partial(_suspend, walk))


def _decide(walk: Walk, award: str | None, reason: str, at: datetime) -> Decision:
    scene = walk.scene
    return certificates.decide(
        scene.session,
        walk.assessment,
        kind=DecisionKind.REFUSE if award is None else DecisionKind.GRANT,
        award=award,
        reason=reason,
        version=walk.assessment.version,
        by=scene.person_id(walk.team.decides),
        at=at,
        today=at.astimezone(scene.settings.time_zone).date(),
        base_url=scene.settings.base_url,
        store=scene.store,
    )


def _suspend(walk: Walk, at: datetime) -> Decision:
    scene = walk.scene
    granted = certificates.find_decision(scene.session, walk.assessment)
    if granted is None or granted.certificate is None:
        raise LookupError("the story grants this certificate before it suspends it")
    return certificates.change_state(
        scene.session,
        granted.certificate,
        kind=DecisionKind.SUSPEND,
        reason=_SUSPENDED,
        version=granted.certificate.version,
        by=scene.person_id(walk.team.decides),
        at=at,
        today=at.astimezone(scene.settings.time_zone).date(),
    )
