"""How the pages look to a reader: as their device asks for, or in the theme they chose."""

from __future__ import annotations

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

from accredit.web.assets import sheet_of
from accredit.web.themes import Theme, Themes

COOKIE = "theme"
#: What a reader says to have their device decide again.
AUTOMATIC = "automatic"


def init_app(app: Flask) -> None:
    """Let pages know their style sheet, and remember a theme chosen by `?theme=`."""
    app.context_processor(_looks)

    @app.after_request
    def remember_theme(response: Response) -> Response:
        asked = request.args.get("theme") if request.args else None
        if asked is None:
            return response
        secure = bool(current_app.config.get("SESSION_COOKIE_SECURE"))
        if asked == AUTOMATIC:
            response.delete_cookie(COOKIE, samesite="Lax", httponly=True, secure=secure)
        elif _known(asked):
            response.set_cookie(
                COOKIE,
                str(asked),
                max_age=365 * 24 * 3600,
                samesite="Lax",
                httponly=True,
                secure=secure,
            )
        return response


def chosen_theme() -> Theme | None:
    """The theme asked for now or remembered; None where the device decides."""
    # Most addresses ask for nothing, and a name that is not among them is slow to look up.
    asked = request.args.get("theme") if request.args else None
    if asked == AUTOMATIC:
        return None
    return _known(asked) or _known(request.cookies.get(COOKIE))


def _known(candidate: str | None) -> Theme | None:
    return _THEMES.get(candidate) if candidate else None


_THEMES = {str(one): one for one in Theme}


def _looks() -> dict[str, str]:
    theme = chosen_theme()
    worn: Themes = current_app.extensions["themes"]
    return {
        "theme": theme or AUTOMATIC,
        "style_sheet": sheet_of(theme),
        # What a telephone paints around the page.
        "theme_colour": worn.of(theme)["band"],
    }
