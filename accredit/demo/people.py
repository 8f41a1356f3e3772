"""Who takes part: two organisations, their departments, and what each person is trusted with.

Everybody and everything here is invented. All accounts have the same public password and
are marked, so that a production start refuses them.
"""

from __future__ import annotations

from dataclasses import dataclass

from accredit.identity.domain import ROLE_NAMES, Role
from accredit.identity.passwords import DEMO_PASSWORD
from accredit.text import Bilingual


@dataclass(frozen=True, slots=True)
class Place:
    """A department and the code of the organisation it belongs to."""

    organisation: str
    code: str
    name: Bilingual


@dataclass(frozen=True, slots=True)
class Duty:
    """A role at an organisation (None: everywhere) or at one of its departments."""

    role: Role
    organisation: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody of the story: `key` is how the story calls them."""

    key: str
    email: str
    name: Bilingual
    language: str
    duties: tuple[Duty, ...]


WAHA, RAWD = "WAHA", "RAWD"

ORGANISATIONS = {
    WAHA: Bilingual("Al Waha Municipality", "بلدية الواحة"),
    RAWD: Bilingual("Al Rawd Water Company", "شركة الروض للمياه"),
}

DEPARTMENTS = (
    Place(WAHA, "LIC", Bilingual("Licensing and permits", "إدارة التراخيص والتصاريح")),
    Place(WAHA, "CC", Bilingual("Contact centre", "إدارة مركز الاتصال")),
    Place(WAHA, "DIG", Bilingual("Digital services", "إدارة الخدمات الرقمية")),
    Place(RAWD, "BIL", Bilingual("Billing and meters", "إدارة الفوترة والعدادات")),
)


def _player(key: str, en: str, ar: str, language: str, *duties: Duty, at: str = "waha") -> Player:
    return Player(key, f"{key}@{at}.example", Bilingual(en, ar), language, duties)


#: In the order in which the sign-in page offers them: the department first, then its judges.
PLAYERS = (
    _player("khalid", "Khalid Al Rashidi", "خالد الراشدي", "ar", Duty(Role.LEADER, WAHA, "LIC")),
    _player("noor", "Noor Al Amiri", "نور العامري", "ar", Duty(Role.CONTRIBUTOR, WAHA, "LIC")),
    _player("maryam", "Maryam Al Balushi", "مريم البلوشي", "en", Duty(Role.LEADER, WAHA, "CC")),
    _player("tariq", "Tariq Suleiman", "طارق سليمان", "en", Duty(Role.CONTRIBUTOR, WAHA, "CC")),
    _player("yousef", "Yousef Haddad", "يوسف حداد", "en", Duty(Role.LEADER, WAHA, "DIG")),
    _player(
        "rania",
        "Rania Mahmoud",
        "رانيا محمود",
        "ar",
        Duty(Role.CONTRIBUTOR, WAHA, "DIG"),
        Duty(Role.ASSESSOR, WAHA),
    ),
    _player("fatima", "Fatima Al Zaabi", "فاطمة الزعابي", "ar", Duty(Role.ASSESSOR, WAHA)),
    _player(
        "grace",
        "Grace Thompson",
        "غريس طومسون",
        "en",
        Duty(Role.ASSESSOR, WAHA),
        Duty(Role.MODERATOR, RAWD),
    ),
    _player(
        "ibrahim",
        "Ibrahim Al Najjar",
        "إبراهيم النجار",
        "ar",
        Duty(Role.MODERATOR, WAHA),
        Duty(Role.ASSESSOR, RAWD),
    ),
    _player("daniel", "Daniel Okoro", "دانيال أوكورو", "en", Duty(Role.MODERATOR, WAHA)),
    _player(
        "laila",
        "Laila Al Kaabi",
        "ليلى الكعبي",
        "ar",
        Duty(Role.DECISION_MAKER, WAHA),
        Duty(Role.DECISION_MAKER, RAWD),
    ),
    _player("huda", "Huda Al Mansouri", "هدى المنصوري", "ar", Duty(Role.PROGRAMME_MANAGER, WAHA)),
    _player("omar", "Omar Al Shami", "عمر الشامي", "en", Duty(Role.OBSERVER, WAHA)),
    _player("amina", "Amina Al Saadi", "أمينة السعدي", "en", Duty(Role.ADMINISTRATOR)),
    _player(
        "salem", "Salem Al Ghanim", "سالم الغانم", "ar", Duty(Role.LEADER, RAWD, "BIL"), at="rawd"
    ),
    _player("dana", "Dana Habib", "دانة حبيب", "en", Duty(Role.PROGRAMME_MANAGER, RAWD), at="rawd"),
)

#: Who makes the accounts: the first one comes from the command line.
ADMINISTRATOR = "amina"


def sign_in_table(base_url: str) -> str:
    """Who can sign in, as lines for a terminal: e-mail, name and roles, then the password."""
    wide = max(len(player.email) for player in PLAYERS)
    named = max(len(player.name.en) for player in PLAYERS)
    lines = [
        f"  {player.email:<{wide}}  {player.name.en:<{named}}  "
        + "; ".join(_described(duty) for duty in player.duties)
        for player in PLAYERS
    ]
    return "\n".join(
        [
            "These people can sign in; they exist in the demonstration only.",
            "",
            *lines,
            "",
            f"Password of everybody: {DEMO_PASSWORD}",
            f"Address: {base_url}",
        ]
    )


def _described(duty: Duty) -> str:
    role = ROLE_NAMES[duty.role]
    if duty.organisation is None:
        return f"{role}, everywhere"
    if duty.department is None:
        return f"{role}, {ORGANISATIONS[duty.organisation].en}"
    place = next(
        item
        for item in DEPARTMENTS
        if (item.organisation, item.code) == (duty.organisation, duty.department)
    )
    return f"{role}, {place.name.en}"
