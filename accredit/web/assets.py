"""Files that belong to every page, each under an address that changes with its content.

Browsers keep them for a year. Some lie in the static folder; the style sheet and the fonts are
made, and lie side by side under `/assets`, so that the one finds the others wherever the site is.
"""

from __future__ import annotations

from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, url_for

from accredit.config import Settings
from accredit.web import fonts
from accredit.web.access import public
from accredit.web.styles import stylesheet

FOR_A_YEAR = "public, max-age=31536000, immutable"
#: An address of an earlier or later release: right enough to show, and not to be kept.
FOR_NOW = "no-cache"


def init_app(app: Flask) -> None:
    """Serve the files, and let templates ask for their addresses by `asset(name)`."""
    app.jinja_env.globals["asset"] = _asset

    @app.get("/assets/style-<fingerprint>.css")
    @public
    def style(fingerprint: str) -> Response:
        content = stylesheet()
        return _file(content, "text/css", kept=fingerprint == _fingerprint(content))

    @app.get("/assets/plex-<int:weight>-<fingerprint>.woff2")
    @public
    def font(weight: int, fingerprint: str) -> Response:
        if weight not in fonts.WEIGHTS:
            abort(404)
        settings: Settings = current_app.config["SETTINGS"]
        content = fonts.font(weight, settings.data_dir / "fonts")
        kept = fonts.name_of(weight) == f"plex-{weight}-{fingerprint}.woff2"
        return _file(content, "font/woff2", kept=kept)

    @app.after_request
    def keep_static(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
            response.headers["Cache-Control"] = FOR_A_YEAR
        return response


def _file(content: bytes, media_type: str, *, kept: bool) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Cache-Control"] = FOR_A_YEAR if kept else FOR_NOW
    return response


def _asset(name: str) -> str:
    """The address of `style.css`, of a weight as `plex-400.woff2`, or of a static file."""
    return _url(name, str(current_app.static_folder), request.root_path)


@lru_cache(maxsize=256)
def _url(name: str, static_folder: str, _root: str) -> str:
    if name == "style.css":
        return url_for("style", fingerprint=_fingerprint(stylesheet()))
    if name.endswith(".woff2"):
        _plex, weight, fingerprint = fonts.name_of(int(name[5:8])).split("-")
        return url_for("font", weight=int(weight), fingerprint=fingerprint.removesuffix(".woff2"))
    return url_for("static", filename=name, v=_static_fingerprint(static_folder, name))


@cache
def _static_fingerprint(static_folder: str, name: str) -> str:
    return _fingerprint((Path(static_folder) / name).read_bytes())


def _fingerprint(content: bytes) -> str:
    return sha256(content).hexdigest()[:12]
