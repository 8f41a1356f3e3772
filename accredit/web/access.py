"""Deny by default: a page is opened only if its view says who may open it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from flask import Flask, abort, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., object])

#: Pages of libraries that need no sign-in; everything else of theirs needs one.
PUBLIC_ENDPOINTS = frozenset({"static", "security.login", "security.static"})


class UndeclaredViewError(RuntimeError):
    """A view declares neither a permission nor that it is public."""


def requires(permission: StrEnum) -> Callable[[View], View]:
    """Declare the permission a person must hold, somewhere, to open the page.

    Whether they hold it for the thing the page shows is decided by the service that
    finds the thing.
    """

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined] # functions carry attributes
        return view

    return mark


def public(view: View) -> View:
    """Declare that anybody, signed in or not, may open the page."""
    view.is_public = True  # type: ignore[attr-defined] # functions carry attributes
    return view


def init_app(app: Flask, *, may_somewhere: Callable[[StrEnum], bool], sign_in: str) -> None:
    """Guard every request of `app`; `sign_in` is the endpoint strangers are sent to."""

    @app.before_request
    def guard() -> Response | None:
        if request.endpoint is None or request.endpoint in PUBLIC_ENDPOINTS:
            return None
        view = app.view_functions[request.endpoint]
        if getattr(view, "is_public", False):
            return None
        permission = getattr(view, "permission", None)
        if permission is None and not request.endpoint.startswith("security."):
            raise UndeclaredViewError(request.endpoint)
        if not current_user.is_authenticated:
            return _send_to(app, sign_in)
        if permission is not None and not may_somewhere(permission):
            abort(403)
        return None


def _send_to(app: Flask, endpoint: str) -> Response:
    where = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else "/"
    return redirect(f"{app.url_for(endpoint)}?{urlencode({'next': where})}", 303)
