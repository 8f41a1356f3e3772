"""Files that belong to every page, each under an address that changes with its content.

Browsers keep them for a year. Scripts lie in the static folder. Style sheets, fonts and the sign
of the site are made from the settings and lie side by side under `/assets`, so that a style sheet
finds its fonts wherever the site is.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, url_for

from accredit.config import Settings
from accredit.web import fonts
from accredit.web.access import public
from accredit.web.mark import drawing
from accredit.web.styles import stylesheet
from accredit.web.themes import Theme, Themes, themes, tokens

FOR_A_YEAR = "public, max-age=31536000, immutable"
#: An address of an earlier or later release: right enough to show, and not to be kept.
FOR_NOW = "no-cache"


@dataclass(frozen=True)
class Made:
    """A file that is made: its name with the mark of its content, and how it is had."""

    name: str
    media_type: str
    make: Callable[[], bytes]

    @cached_property
    def packed(self) -> bytes | None:
        """The same with gzip, where that makes it smaller; fonts are packed as they are."""
        return gzip.compress(self.make(), mtime=0) if self.media_type == "text/css" else None


def init_app(app: Flask) -> None:
    """Serve the files, and let templates ask for their addresses by `asset(name)`.

    Raises `SettingsError` where the colours or the sign of an organisation cannot be used.
    """
    settings: Settings = app.config["SETTINGS"]
    worn = app.extensions["themes"] = themes(settings.brand_colour, settings.accent_colour)
    made = app.extensions["assets"] = _make(settings, worn)
    under_their_addresses = {one.name: one for one in made.values()}
    app.jinja_env.globals["asset"] = _asset

    @app.get("/assets/<filename>")
    @public
    def asset(filename: str) -> Response:
        exact = under_their_addresses.get(filename)
        found = exact or made.get(filename) or made.get(_without_mark(filename))
        if found is None:
            abort(404)
        response = Response(found.make(), mimetype=found.media_type)
        if found.packed is not None:
            response.vary.add("Accept-Encoding")
            if request.accept_encodings["gzip"] > 0:
                response.set_data(found.packed)
                response.headers["Content-Encoding"] = "gzip"
        response.headers["Cache-Control"] = FOR_A_YEAR if exact else FOR_NOW
        return response

    @app.after_request
    def keep_static(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
            response.headers["Cache-Control"] = FOR_A_YEAR
        return response


def sheet_of(theme: Theme | None) -> str:
    """The name of the style sheet in a theme."""
    return f"style-{theme}.css" if theme else "style.css"


def _make(settings: Settings, worn: Themes) -> dict[str, Made]:
    made = {}
    for theme in (None, *Theme):
        made[sheet_of(theme)] = stylesheet(tokens(worn, theme))
    for name in ("mark.svg", "favicon.svg"):
        made[name] = drawing(name, settings.mark, worn.light)
    files = {
        name: Made(
            _marked(name, _fingerprint(content)),
            "text/css" if name.endswith(".css") else "image/svg+xml",
            partial(bytes, content),
        )
        for name, content in made.items()
    }
    folder = settings.data_dir / "fonts"
    for weight in fonts.WEIGHTS:
        files[f"plex-{weight}.woff2"] = Made(
            fonts.name_of(weight), "font/woff2", partial(fonts.font, weight, folder)
        )
    return files


def _marked(name: str, fingerprint: str) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}-{fingerprint}.{ending}"


def _without_mark(filename: str) -> str:
    stem, _, ending = filename.rpartition(".")
    return f"{stem.rpartition('-')[0]}.{ending}"


def _asset(name: str) -> str:
    """The address of a made file (`style.css`, `plex-400.woff2`, `mark.svg`) or a static one."""
    made: dict[str, Made] = current_app.extensions["assets"]
    if name in made:
        return url_for("asset", filename=made[name].name)
    return _static_url(name, str(current_app.static_folder), request.root_path)


@lru_cache(maxsize=256)
def _static_url(name: str, static_folder: str, _root: str) -> str:
    return url_for("static", filename=name, v=_static_fingerprint(static_folder, name))


@cache
def _static_fingerprint(static_folder: str, name: str) -> str:
    return _fingerprint((Path(static_folder) / name).read_bytes())


def _fingerprint(content: bytes) -> str:
    return sha256(content).hexdigest()[:12]
