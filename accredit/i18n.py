"""The reader's language: text, direction, dates, numbers and digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel import support
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from accredit.config import resource_dir
from accredit.text import LANGUAGES, Bilingual, Language, Message

__all__ = [
    "direction",
    "format_day",
    "format_moment",
    "format_number",
    "format_percent",
    "gettext",
    "init_app",
    "language",
    "latin_digits",
    "ngettext",
    "say",
    "translate",
    "written_in",
]

COOKIE = "language"
#: In characters; a browser says less, and what is longer would only fill the memory.
_LONGEST_PREFERENCE = 200
_BABEL_LOCALES = {"en": "en_GB", "ar": "ar"}
_LATIN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬", "01234567890123456789.,")

#: A file's name that runs from the right. Its ending stands apart from it, here with invisible
#: signs, since a sentence has no tags: otherwise “2026.docx” is shown as “docx.2026”.
_ARABIC_FILE = re.compile(r"(.*[\u0590-\u08ff].*)(\.[A-Za-z0-9]{1,5})")

#: A percentage in an Arabic sentence, or the place of one. The mark before it keeps the sign
#: behind its number, as where a percentage stands alone; after Arabic letters it would be
#: shown before it.
_PERCENTAGE = re.compile(r"(?<![\d.,\u200e\u2066])((?:\d[\d.,]*|%\(\w+\)s)%(?!\())")

babel = Babel()


def init_app(app: Flask) -> None:
    """Connect Flask-Babel and remember a language chosen by `?lang=`."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(resource_dir("translations"))
    babel.init_app(app, locale_selector=language)
    app.jinja_env.globals.update(_=_sentence, gettext=_sentence, ngettext=_counted)

    @app.after_request
    def remember_language(response):  # type: ignore[no-untyped-def] # Flask's own signature
        chosen = request.args.get("lang") if request.args else None
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


#: In which language something is written where nobody reads a page: a mail.
_written_in: ContextVar[Language] = ContextVar("written_in", default="en")


@contextmanager
def written_in(chosen: Language) -> Iterator[None]:
    """Outside a request, have texts in this language."""
    token = _written_in.set(chosen)
    try:
        yield
    finally:
        _written_in.reset(token)


def language() -> Language:
    """The reader's language: asked for, remembered, their own, their browser's, English."""
    if not has_request_context():
        return _written_in.get()
    # Asked for each text of a page, so without a detour over the proxy for each.
    remembered = g._get_current_object()
    known: Language | None = remembered.get("language")
    if known is None:
        known = remembered.language = _choose_language()
    return known


def _choose_language() -> Language:
    # Most addresses ask for nothing, and a name that is not among them is slow to look up.
    asked = _known(request.args.get("lang")) if request.args else None
    asked = asked or _known(request.cookies.get(COOKIE))
    if asked is None:
        # Last, because who is signed in may still have to be looked up.
        asked = _known(getattr(current_user, "language", None))
    return asked or _preferred(request.headers.get("Accept-Language", "")[:_LONGEST_PREFERENCE])


@lru_cache(maxsize=256)
def _preferred(header: str) -> Language:
    """Which of ours a browser prefers; browsers ask with the same few words."""
    accepted = parse_accept_header(header, LanguageAccept)
    return "ar" if accepted.best_match(LANGUAGES) == "ar" else "en"


def _known(candidate: str | None) -> Language | None:
    return next((one for one in LANGUAGES if one == candidate), None)


@cache
def _catalogue(chosen: Language) -> support.NullTranslations:
    """The texts of a language, read once in the life of a process."""
    return support.Translations.load(resource_dir("translations"), [chosen])


def gettext(text: str, **values: object) -> str:
    """A marked text in the reader's language, with `values` in its placeholders."""
    sentence = _sentence_of(text, language())
    return sentence % values if values else sentence


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The form of a marked text that goes with the number, which is `%(num)s` in it."""
    return _form_of(one, many, num, language()) % {"num": num, **values}


@lru_cache(maxsize=4096)
def _sentence_of(text: str, chosen: Language) -> str:
    return _marked(_catalogue(chosen).gettext(text), chosen)


def _form_of(one: str, many: str, num: int, chosen: Language) -> str:
    return _marked(_catalogue(chosen).ngettext(one, many, num), chosen)


def _marked(sentence: str, chosen: str) -> str:
    """A text of ours in which no percentage is turned round."""
    if chosen != "ar" or "%" not in sentence or "\u2066" in sentence:
        return sentence
    return _PERCENTAGE.sub("\u200e\\1", sentence)


def _sentence(text: str, /, **values: object) -> Markup:
    """`_()` of the templates: the marked text is ours, the values in it are escaped."""
    plain = _markup(text, language())
    return plain % values if values or "%" in plain else plain


@lru_cache(maxsize=4096)
def _markup(text: str, chosen: Language) -> Markup:
    # Marked texts come from the templates and their translations, never from people.
    return Markup(_sentence_of(text, chosen))  # noqa: S704


def _counted(one: str, many: str, num: int, /, **values: object) -> Markup:
    """`ngettext()` of the templates."""
    form = Markup(_form_of(one, many, num, language()))  # noqa: S704 - as above
    return form % {"num": num, **values}


def direction(of: str | None = None) -> str:
    """Writing direction: "rtl" for Arabic, "ltr" otherwise."""
    return "rtl" if (of or language()) == "ar" else "ltr"


def say(text: Bilingual | None, of: str | None = None) -> str:
    """The bilingual text in the reader's language (or in `of`)."""
    if text is None:
        return ""
    chosen = of or language()
    return _marked(text.in_language(chosen), chosen)


def translate(message: Message | str) -> str:
    """A marked message as a sentence in the current language."""
    if isinstance(message, str):
        return gettext(message)
    sentence = gettext(message.text)
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
    if isinstance(value, str) and (file := _ARABIC_FILE.fullmatch(value)):
        return f"\u2068{file[1]}\u2066{file[2]}\u2069\u2069"
    return value


def format_day(day: date | None, of: str | None = None) -> str:
    """A date as people write it, with the month's name and Latin digits in both languages."""
    if day is None:
        return "—"
    return _day(day.year, day.month, day.day, of or language())


def format_moment(moment: datetime | None, of: str | None = None) -> str:
    """A moment in the programme's time zone, to the minute."""
    if moment is None:
        return "—"
    local = moment.astimezone(current_app.config["TIME_ZONE"])
    # As a clock on the wall shows it: moments of different zones may be equal and read differently.
    return _wall_clock(local.replace(second=0, microsecond=0, tzinfo=None), of or language())


# Pages repeat a few days and moments in every row, and writing one takes longer than a row.
@lru_cache(maxsize=2048)
def _day(year: int, month: int, day: int, chosen: str) -> str:
    return babel_date(date(year, month, day), format="d MMMM y", locale=_BABEL_LOCALES[chosen])


@lru_cache(maxsize=2048)
def _wall_clock(local: datetime, chosen: str) -> str:
    pattern = "d MMMM y، HH:mm" if chosen == "ar" else "d MMMM y, HH:mm"
    return babel_datetime(local, format=pattern, locale=_BABEL_LOCALES[chosen])


def format_number(value: float | Decimal | None, decimals: int = 1) -> str:
    """A number with `decimals` places and Latin digits; a dash where there is none."""
    if value is None:
        return "—"
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    # What rounds to nothing has no sign.
    text = f"{exact or abs(exact):,f}"
    if not text.startswith("-"):
        return text
    # A true minus sign lines up with digits; the mark before it keeps it in front of
    # them in Arabic text, where it would otherwise be shown behind.
    return "\u200e\u2212" + text[1:]


def format_percent(value: float | Decimal | None, decimals: int = 1) -> str:
    """A percentage, whose sign stands behind its number in Arabic text, too."""
    number = format_number(value, decimals)
    return number if value is None else _marked(f"{number}%", language())


def latin_digits(text: str) -> str:
    """Arabic-Indic and Persian digits, decimal and thousands marks, as ASCII."""
    return text.translate(_LATIN)
