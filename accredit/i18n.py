"""The reader's language: text, direction, dates, numbers and digits."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, force_locale, gettext, pgettext
from flask_login import current_user

from accredit.config import resource_dir
from accredit.text import LANGUAGES, Bilingual, Language, Message

__all__ = [
    "direction",
    "format_day",
    "format_moment",
    "format_number",
    "gettext",
    "in_language",
    "init_app",
    "language",
    "latin_digits",
    "pgettext",
    "say",
    "translate",
]

COOKIE = "language"
_BABEL_LOCALES = {"en": "en_GB", "ar": "ar"}
_LATIN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬", "01234567890123456789.,")

babel = Babel()


def init_app(app: Flask) -> None:
    """Connect Flask-Babel and remember a language chosen by `?lang=`."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(resource_dir("translations"))
    babel.init_app(app, locale_selector=language)

    @app.after_request
    def remember_language(response):  # type: ignore[no-untyped-def] # Flask's own signature
        chosen = request.args.get("lang")
        if chosen in LANGUAGES:
            response.set_cookie(
                COOKIE,
                chosen,
                max_age=365 * 24 * 3600,
                samesite="Lax",
                httponly=True,
                secure=bool(app.config.get("SESSION_COOKIE_SECURE")),
            )
        return response


def language() -> Language:
    """The reader's language: asked for, remembered, their own, their browser's, English."""
    if not has_request_context():
        return "en"
    known: Language | None = g.get("language")
    if known is None:
        known = g.language = _choose_language()
    return known


def _choose_language() -> Language:
    person_language = getattr(current_user, "language", None)
    for candidate in (request.args.get("lang"), request.cookies.get(COOKIE), person_language):
        if candidate == "ar":
            return "ar"
        if candidate == "en":
            return "en"
    return "ar" if request.accept_languages.best_match(LANGUAGES) == "ar" else "en"


def in_language(chosen: Language) -> object:
    """A context in which everything is said in `chosen`, for documents in a given language."""
    return force_locale(chosen)


def direction(of: str | None = None) -> str:
    """Writing direction: "rtl" for Arabic, "ltr" otherwise."""
    return "rtl" if (of or language()) == "ar" else "ltr"


def say(text: Bilingual | None, of: str | None = None) -> str:
    """The bilingual text in the reader's language (or in `of`)."""
    return "" if text is None else text.in_language(of or language())


def translate(message: Message | str) -> str:
    """A marked message as a sentence in the current language."""
    if isinstance(message, str):
        plain: str = gettext(message)
        return plain
    sentence: str = gettext(message.text)
    if not message.values:
        return sentence
    return sentence % {key: _value(value) for key, value in message.values.items()}


def _value(value: object) -> object:
    if isinstance(value, Bilingual):
        return say(value)
    if isinstance(value, Message):
        return translate(value)
    if isinstance(value, datetime):
        return format_moment(value)
    if isinstance(value, date):
        return format_day(value)
    return value


def format_day(day: date | None, of: str | None = None) -> str:
    """A date as people write it, with the month's name and Latin digits in both languages."""
    if day is None:
        return "—"
    return babel_date(day, format="d MMMM y", locale=_BABEL_LOCALES[of or language()])


def format_moment(moment: datetime | None, of: str | None = None) -> str:
    """A moment in the programme's time zone, to the minute."""
    if moment is None:
        return "—"
    local = moment.astimezone(current_app.config["TIME_ZONE"])
    chosen = of or language()
    pattern = "d MMMM y، HH:mm" if chosen == "ar" else "d MMMM y, HH:mm"
    return babel_datetime(local, format=pattern, locale=_BABEL_LOCALES[chosen])


def format_number(value: float | Decimal | None, decimals: int = 1) -> str:
    """A number with `decimals` places and Latin digits; a dash where there is none."""
    if value is None:
        return "—"
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{exact:,f}"
    if not text.startswith("-"):
        return text
    # A true minus sign lines up with digits; the mark before it keeps it in front of
    # them in Arabic text, where it would otherwise be shown behind.
    return "\u200e\u2212" + text[1:]


def latin_digits(text: str) -> str:
    """Arabic-Indic and Persian digits, decimal and thousands marks, as ASCII."""
    return text.translate(_LATIN)
