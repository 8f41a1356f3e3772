"""The assessments of the story: last year's three, and this year's, one at each stage."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from accredit.demo import levels
from accredit.demo.excellence import note_excellence
from accredit.demo.interests import note_recusal
from accredit.demo.library import Shelf, note_new_version, note_shelf, note_withdrawal
from accredit.demo.scene import Scene
from accredit.demo.walk import Team, Walk
from accredit.text import Bilingual

PERMITS = Bilingual(
    "Commercial licences and building permits: issue, renewal and amendment",
    "التراخيص التجارية ورخص البناء: إصدارها وتجديدها وتعديلها",
)
CALLS = Bilingual(
    "Enquiries and complaints by telephone, e-mail and chat",
    "الاستفسارات والشكاوى عبر الهاتف والبريد الإلكتروني والمحادثة",
)
PORTAL = Bilingual(
    "The municipal portal and the Al Waha application",
    "البوابة الإلكترونية للبلدية وتطبيق الواحة",
)
WALK_IN = Bilingual(
    "Walk-in service at the two neighbourhood centres",
    "خدمة المراجعين في مركزي الأحياء",
)
EVENTS = Bilingual(
    "Permits for events and temporary markets",
    "تصاريح الفعاليات والأسواق المؤقتة",
)
BILLS = Bilingual(
    "Water bills, meter readings and instalments",
    "فواتير المياه وقراءات العدادات والتقسيط",
)

LICENSING = Team("huda", "khalid", "noor", ("fatima", "rania"), "ibrahim", "laila")
CONTACT = Team("huda", "maryam", "tariq", ("grace", "fatima"), "daniel", "laila")
DIGITAL = Team("huda", "yousef", "rania", ("grace", "fatima"), "ibrahim", "laila")
BILLING = Team("dana", "salem", "salem", ("ibrahim",), "grace", "laila")


def note_assessments(scene: Scene) -> dict[str, Walk]:
    """Note every assessment; the answer is last year's, which wait for their decisions."""
    shelves = _note_last_years_shelves(scene)
    _note_this_year(scene, shelves)
    return _note_last_year(scene, shelves)


def _note_last_years_shelves(scene: Scene) -> dict[str, Shelf]:
    """The evidence of last year by department; this year some of it is shown again."""
    note = partial(note_shelf, scene, year=_year(scene) - 1)
    return {
        "LIC": note("LIC", by="noor", language="ar", first=412, last=404),
        "CC": note("CC", by="tariq", language="en", first=413, last=405),
        "DIG": note("DIG", by="rania", language="ar", first=414, last=406),
    }


def _note_last_year(scene: Scene, shelves: dict[str, Shelf]) -> dict[str, Walk]:
    """Three departments from opening to the end of moderation, side by side."""
    walks = {
        "licensing-before": Walk(scene, "LIC", LICENSING, levels.LICENSING_BEFORE, shelves["LIC"]),
        "contact-before": Walk(scene, "CC", CONTACT, levels.CONTACT_BEFORE, shelves["CC"]),
        "digital-before": Walk(scene, "DIG", DIGITAL, levels.DIGITAL_BEFORE, shelves["DIG"]),
    }
    scopes = (PERMITS, CALLS, PORTAL)
    cycle = str(_year(scene) - 1)
    for number, (walk, scope) in enumerate(zip(walks.values(), scopes, strict=True)):
        later = 3 * number
        due_on = scene.diary.today - timedelta(days=345)
        walk.note_opening(425 - later, cycle=cycle, scope=scope, due_on=due_on)
        walk.note_start(421 - later)
        walk.note_self_assessment(402 - later, 393 - later)
        walk.note_scoring(388 - later, 374 - later)
        walk.note_moderation(370 - later, 362 - later)
    return walks


def _note_this_year(scene: Scene, older: dict[str, Shelf]) -> None:
    """One assessment at each stage on the way to a decision; `older` is last year's evidence."""
    licensing = _note_until_decision(scene, older["LIC"])
    contact = _note_until_moderation(scene, older["CC"])
    digital = _note_until_scoring(scene, older["DIG"])
    note_excellence(scene, scene.excellence, digital)
    _note_until_self_assessment(scene, contact)
    _note_set_up(scene, licensing)
    _note_water_company(scene)


def _year(scene: Scene) -> int:
    return scene.diary.today.year


def _cycle(scene: Scene) -> str:
    return str(_year(scene))


def _note_until_decision(scene: Scene, older: Shelf) -> Shelf:
    """Ready to be accredited; the decision maker is next. The answer is its evidence."""
    shelf = note_shelf(
        scene, "LIC", by="noor", language="ar", year=_year(scene), first=74, last=66, older=older
    )
    walk = Walk(scene, "LIC", LICENSING, levels.LICENSING_NOW, shelf)
    due_on = scene.diary.today + timedelta(days=12)
    walk.note_opening(80, cycle=_cycle(scene), scope=PERMITS, due_on=due_on)
    walk.note_start(77)
    walk.note_self_assessment(63, 50)
    note_new_version(scene, shelf, "report", by="noor", moment=scene.diary.moment(56, 11, 25))
    walk.note_scoring(46, 24)
    walk.note_moderation(19, 7)
    return shelf


def _note_until_moderation(scene: Scene, older: Shelf) -> Shelf:
    """The moderator has settled some of the differences. The answer is its evidence."""
    shelf = note_shelf(
        scene, "CC", by="tariq", language="en", year=_year(scene), first=64, last=57, older=older
    )
    walk = Walk(scene, "CC", CONTACT, levels.CONTACT_NOW, shelf)
    due_on = scene.diary.today + timedelta(days=20)
    walk.note_opening(70, cycle=_cycle(scene), scope=CALLS, due_on=due_on)
    walk.note_start(67)
    walk.note_self_assessment(54, 40)
    walk.note_scoring(36, 14)
    walk.note_moderation(9, 2, share=0.6)
    return shelf


def _note_until_scoring(scene: Scene, older: Shelf) -> Shelf:
    """Two assessors are on their way, one further than the other. The answer is its evidence."""
    shelf = note_shelf(
        scene, "DIG", by="rania", language="ar", year=_year(scene), first=42, last=36, older=older
    )
    walk = Walk(scene, "DIG", DIGITAL, levels.DIGITAL_NOW, shelf)
    due_on = scene.diary.today + timedelta(days=30)
    walk.note_opening(48, cycle=_cycle(scene), scope=PORTAL, due_on=due_on)
    walk.note_start(45)
    walk.note_self_assessment(33, 20)
    walk.note_scoring(16, 1, counts={"grace": 30, "fatima": 17})
    return shelf


def _note_until_self_assessment(scene: Scene, shelf: Shelf) -> None:
    """A second assessment of the contact centre, with the evidence it has already."""
    walk = Walk(scene, "CC", CONTACT, levels.CONTACT_NOW, shelf)
    due_on = scene.diary.today + timedelta(days=9)
    walk.note_opening(26, cycle=_cycle(scene), scope=WALK_IN, due_on=due_on)
    walk.note_start(23)
    walk.note_self_assessment(17, 1, count=26, submit=False)
    note_withdrawal(
        scene,
        shelf,
        "sign",
        reason=Bilingual(
            "The code on the sign led to last year's survey; a new sign is being printed.",
            "رمز اللوحة يقود إلى استبيان السنة الماضية، وتُطبع الآن لوحة جديدة.",
        ),
        by="tariq",
        moment=scene.diary.moment(1, 15, 45),
    )


def _note_set_up(scene: Scene, shelf: Shelf) -> None:
    """Opened a few days ago; the programme manager is still looking for people."""
    walk = Walk(scene, "LIC", LICENSING, levels.LICENSING_NOW, shelf)
    due_on = scene.diary.today + timedelta(days=75)
    walk.note_opening(5, cycle=_cycle(scene), scope=EVENTS, due_on=due_on, staffed=False)
    note_recusal(scene, walk)


def _note_water_company(scene: Scene) -> None:
    """Another organisation, which must see nothing of the first, has just begun."""
    pieces = frozenset(
        {
            *("charter", "strategy", "procedures", "complaint-procedure", "cases-1", "cases-2"),
            *("complaints", "minutes-1", "minutes-2", "figures", "survey-1", "quarter", "report"),
        }
    )
    shelf = note_shelf(
        scene, "BIL", by="salem", language="ar", year=_year(scene), first=27, last=21, only=pieces
    )
    walk = Walk(scene, "BIL", BILLING, levels.BILLING_NOW, shelf)
    due_on = scene.diary.today + timedelta(days=25)
    walk.note_opening(34, cycle=_cycle(scene), scope=BILLS, due_on=due_on)
    walk.note_start(31)
    walk.note_self_assessment(17, 1, count=10, submit=False)
