"""Rendering, redirects, the one transaction of a request, and pages for what goes wrong."""

from __future__ import annotations

import errno
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from itertools import chain
from secrets import token_hex
from typing import Any

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    get_template_attribute,
    redirect,
    render_template,
    request,
    session,
)
from flask_wtf.csrf import CSRFError
from jinja2 import StrictUndefined
from markupsafe import Markup, escape
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from accredit import i18n
from accredit.config import Settings
from accredit.database import begin_reading, begin_writing, db
from accredit.kept import Kept
from accredit.text import Language, Message, RuleError
from accredit.web.answered import Answer
from accredit.web.asked import AskedRequest
from accredit.web.file_names import file_name
from accredit.web.logged import log_kept_apart

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: What every answer says of itself, unless its view has said something else.
USUAL_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; img-src 'self' data:"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
#: Files that are the same whoever asks.
SAME_FOR_ALL = frozenset({"static", "asset"})
#: Said over TLS alone: from then on browsers ask for this host by no other way, for two years.
ONLY_TLS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


def usual_headers(settings: Settings) -> dict[str, str]:
    """What every answer of this installation says of itself."""
    return {**USUAL_HEADERS, **(ONLY_TLS if settings.secure_cookies else {})}


def page(template: str, status: int = 200, /, **context: Any) -> tuple[str, int]:
    """Render a template; `status` 422 shows a form again with its errors."""
    return render_template(template, **context), status


def see_other(url: str) -> BaseResponse:
    """After a successful change: look at the page that shows it."""
    return redirect(url, 303)


def tell(message: str, category: str = "success", /, **values: object) -> None:
    """Show a marked message on the next page (success, info or error)."""
    flash(i18n.translate(Message(message, values)), category)


def isolate(text: object) -> Markup:
    """A code, date, number or address that must read left to right inside Arabic."""
    return Markup(f'<bdi dir="ltr">{escape(text)}</bdi>')  # noqa: S704 - escaped here


def in_eights(hexadecimal: str) -> Markup:
    """A fingerprint that may break after every eighth digit."""
    eights = [hexadecimal[start : start + 8] for start in range(0, len(hexadecimal), 8)]
    return Markup("<wbr>".join(map(str, map(escape, eights))))  # noqa: S704 - escaped here


#: In characters; a longer value is what somebody typed, and would only fill the memory.
LONGEST_REMEMBERED = 200


def written_once(template: str, macro: str, /, *values: Hashable) -> Markup:
    """What a macro of a template makes of these values alone, made once for each language.

    A macro sees nothing of the page that asks for it. So nothing may stand in one that follows
    from who asks or when: no token, no message, no right.
    """
    typed = any(isinstance(value, str) and len(value) > LONGEST_REMEMBERED for value in values)
    write = _written.__wrapped__ if typed else _written
    return write(template, macro, values, i18n.language(), request.root_path)


@lru_cache(maxsize=512)
def _written(
    template: str, macro: str, values: tuple[Hashable, ...], _language: Language, _root: str
) -> Markup:
    written: Markup = get_template_attribute(template, macro)(*values)
    return written


def written_of(
    content: Hashable, template: str, make: Callable[[], Mapping[str, Any]], /
) -> Markup:
    """A long part of a page that follows from a content that never changes: written once for
    each language.

    `content` is its hash, with whatever else the part depends on; `make` gives what the template
    shows of it. Such a template sees nothing of the page that asks for it, just like a macro of
    `written_once`, and nothing may stand in it that follows from who asks or when.
    """

    def write() -> Markup:
        # What the template wrote is escaped already.
        whole = current_app.jinja_env.get_template(template)
        return Markup(whole.render(make()))  # noqa: S704

    return _long_parts.get((template, content, i18n.language(), request.root_path), write)


#: In signs of all long parts together, some of which take two bytes.
_MOST_SIGNS = 1_500_000
_long_parts: Kept[tuple[str, Hashable, Language, str], Markup] = Kept(_MOST_SIGNS, len)


def init_app(app: Flask) -> None:
    """Templates, headers, the transaction and the error pages of `app`."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["written_once"] = written_once
    app.jinja_env.filters.update(
        say=i18n.say,
        day=i18n.format_day,
        moment=i18n.format_moment,
        number=i18n.format_number,
        translate=i18n.translate,
        in_eights=in_eights,
        isolate=isolate,
        file_name=file_name,
    )
    app.extensions["usual_headers"] = usual_headers(app.config["SETTINGS"])
    app.request_class = AskedRequest
    app.response_class = Answer
    app.before_request(_open_transaction)
    app.before_request(_take_no_zero_byte)
    app.after_request(_close_transaction)
    _register_errors(app)


def _open_transaction() -> None:
    g.request_id = token_hex(16)
    if request.method in SAFE_METHODS:
        begin_reading()
    else:
        begin_writing()


def _take_no_zero_byte() -> None:
    """No keyboard writes one, no text has one, and PostgreSQL keeps none: whoever sends it errs.

    Where one is only asked for, nothing is found (`AskedRequest`): that needs no refusal.
    """
    # Whatever only reads takes nothing from a body, so that none is looked for.
    if request.method in SAFE_METHODS:
        return
    typed = list(chain.from_iterable(request.form.items(multi=True)))
    typed += [str(file.filename) for _, file in request.files.items(multi=True)]
    if any("\0" in text for text in typed):
        abort(400)


def write_afterwards(write: Callable[[Session], None]) -> None:
    """Have something written though this request is refused: in a transaction of its own.

    A refusal undoes what the request changed; that it was refused is worth an event all the same.
    """
    g.setdefault("afterwards", []).append(write)


def _write_afterwards() -> None:
    begin_writing()
    for write in g.pop("afterwards", ()):
        write(db.session())
        db.session.commit()


def _keep(response: Response) -> Response:
    """Commit; where that fails the answer says so, and nothing of what would have been told."""
    try:
        db.session.commit()
    except Exception as error:
        session.pop("_flashes", None)
        return current_app.make_response(current_app.handle_user_exception(error))
    return response


def _close_transaction(response: Response) -> Response:
    # A safe request has nothing to keep: its session is closed, and so undone, after it.
    if request.method not in SAFE_METHODS:
        if response.status_code < 400:
            response = _keep(response)
        else:
            db.session.rollback()
            _write_afterwards()
    if response.status_code == 503:
        response.headers.setdefault("Retry-After", "60")
    given = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - pairs, no mapping
    headers: dict[str, str] = current_app.extensions["usual_headers"]
    for name, value in headers.items():
        if name.lower() not in given:
            response.headers.add(name, value)
    if request.endpoint not in SAME_FOR_ALL:
        # Whatever stands between must not hand one person's page to another.
        if "vary" in given:
            response.vary.add("Cookie")
        else:
            response.headers.add("Vary", "Cookie")
    else:
        # Somebody looked who is signed in; the file is the same, so a changed cookie must not
        # make browsers ask for it again.
        session.accessed = False
    return response


#: Why a file cannot be written although nothing is wrong with it; too many open ones included.
NO_ROOM = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EMFILE, errno.ENFILE}
)
PAGES_FOR_ERRORS = frozenset({400, 403, 404, 405, 408, 409, 413, 422, 429, 500, 503})


def error_page(status: int, message: str | None = None) -> tuple[str, int]:
    """What went wrong and what to do; what the request had changed is undone first."""
    db.session.rollback()
    # The page only reads: it waits for no lock, least of all one that has just been waited for.
    begin_reading()
    template = f"errors/{status if status in PAGES_FOR_ERRORS else 500}.html"
    return render_template(template, message=message), status


def _register_errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        return error_page(error.code)

    @app.errorhandler(CSRFError)
    def csrf_error(error: CSRFError) -> Any:
        g.token_refused = error.description
        return error_page(
            400,
            i18n.gettext("This page was open too long. Go back, reload it and send it again."),
        )

    @app.errorhandler(RuleError)
    def rule_error(error: RuleError) -> Any:
        log_kept_apart(error)
        return error_page(409, i18n.translate(error.message))

    @app.errorhandler(IntegrityError)
    @app.errorhandler(StaleDataError)
    def overtaken(error: Exception) -> Any:
        # A rule the database guards: two people did what only one can do.
        if isinstance(error, IntegrityError):
            app.logger.error("database: %s", error)
        return error_page(
            409,
            i18n.gettext(
                "Somebody else changed this while you were working. Reload the page, "
                "compare, and send yours again."
            ),
        )

    @app.errorhandler(OSError)
    def no_room(error: OSError) -> Any:
        # A file that cannot be written now can be later; anything else is a fault of ours.
        if error.errno not in NO_ROOM:
            raise error
        app.logger.error("a file cannot be written: %s", error)
        try:
            return error_page(503)
        except OSError:
            # Not even the template can be opened: the same words, and nothing around them.
            words = (
                "The service cannot answer just now. Nothing was changed.",
                "Wait a minute and reload the page.",
            )
            text = "\n".join(map(i18n.gettext, words))
            return Response(text, 503, mimetype="text/plain")

    @app.errorhandler(DataError)
    def no_such_value(error: DataError) -> Any:
        # PostgreSQL holds every value to the type of its column, where SQLite takes anything.
        app.logger.error("database: %s", error)
        return error_page(400)

    @app.errorhandler(OperationalError)
    def database_busy(error: OperationalError) -> Any:
        app.logger.error("database: %s", error)
        try:
            return error_page(503)
        except OperationalError:
            # Not busy but away: the page is shown without asking it who is there.
            app.login_manager._update_request_context_with_user()  # type: ignore[attr-defined] # Flask-Login's own
            return error_page(503)
