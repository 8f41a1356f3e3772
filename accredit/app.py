"""The application: its table of contents."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, current_app, request, url_for
from flask_login import current_user
from flask_wtf import CSRFProtect
from itsdangerous import Signer

from accredit import home, i18n, limits, log
from accredit.assessment import views as assessment
from accredit.assessment.uses import ElementUses
from accredit.certificate import views as certificate
from accredit.config import Mode, Settings, load_settings, resource_dir
from accredit.database import db
from accredit.evidence import views as evidence
from accredit.gap import views as gap
from accredit.identity import sending, sign_in
from accredit.identity import views as identity
from accredit.identity.domain import Access, Grant, Permission, Reach
from accredit.improvement import views as improvement
from accredit.improvement.moments import finished_actions
from accredit.kpi import views as kpi
from accredit.kpi.loader import service_kpis
from accredit.search import views as search
from accredit.standard import views as standard
from accredit.starting import make_data_folder, refuse_half_restored
from accredit.text import N_, Language
from accredit.trail import checking, edge
from accredit.trail import views as trail
from accredit.web import access, appearance, assets, gallery, pages, templates
from accredit.web.front import FrontDoor
from accredit.web.logged import Application, what_was_asked
from accredit.web.numbers import RowNumber, Written

#: The map of the site: what a package shows, and where.
FEATURES: tuple[tuple[Blueprint, str], ...] = (
    (home.blueprint, "/"),
    (assessment.blueprint, "/assessments"),
    (evidence.blueprint, "/evidence"),
    (kpi.blueprint, "/kpis"),
    (gap.blueprint, "/gap-reports"),
    (improvement.blueprint, "/improvement-actions"),
    (certificate.blueprint, "/"),
    (standard.blueprint, "/standards"),
    (identity.blueprint, "/"),
    (trail.blueprint, "/trail"),
    (search.blueprint, "/"),
)

#: The main menu: label, endpoint, and the permission without which it is not shown.
NAVIGATION: tuple[tuple[str, str, Permission], ...] = (
    (N_("My work"), "home.index", Permission.USE),
    (N_("Assessments"), "assessment.index", Permission.VIEW_ASSESSMENT),
    (N_("Evidence"), "evidence.index", Permission.VIEW_EVIDENCE),
    (N_("KPIs"), "kpi.index", Permission.VIEW_KPI),
    (N_("Gap reports"), "gap.index", Permission.VIEW_GAP_REPORT),
    (N_("Improvement plan"), "improvement.index", Permission.VIEW_PLAN),
    (N_("Certificates"), "certificate.index", Permission.VIEW_CERTIFICATE),
    (N_("Standards"), "standard.index", Permission.VIEW_STANDARD),
    (N_("People"), "identity.people", Permission.MANAGE_PEOPLE),
    (N_("Event trail"), "trail.index", Permission.VIEW_TRAIL),
)


#: Pages of a person's own account belong to no entry of the menu.
OUTSIDE_MENU = frozenset(
    {
        "assessment.declare_interest",
        "assessment.end_interest",
        "assessment.interests",
        "identity.account",
        "identity.add_app",
        "identity.add_key",
        "identity.change_address",
        "identity.change_details",
        "identity.change_password",
        "identity.confirm_address",
        "identity.make_recovery_codes",
        "identity.new_address",
        "identity.new_app",
        "identity.new_key",
        "identity.remove_factor",
        "identity.security",
    }
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu: its words, its address, and the feature whose pages it leads to."""

    label: str
    url: str
    feature: str


def create_app(settings: Settings | None = None, *, half_restored: bool = False) -> Flask:
    """The WSGI application for `settings` (by default those of the environment).

    Raises `SetupError` where a restoring did not finish or nothing can be kept, whoever asks;
    `half_restored` is for the restoring itself.
    """
    settings = settings or load_settings()
    if not half_restored:
        refuse_half_restored(settings)
    make_data_folder(settings)
    log.set_up(what_was_asked, as_json=settings.log_as_json)
    app = Application("accredit", template_folder=str(resource_dir("templates")))
    app.jinja_environment = templates.Templates
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            # What people typed is in the database, and not in the log because a statement failed.
            "hide_parameters": True,
            # A database server that was started anew is found by the next request, unnoticed.
            "pool_pre_ping": settings.database_url.startswith("postgresql"),
        },
        TIME_ZONE=settings.time_zone,
        FIND_MOMENTS=finished_actions,
        EVIDENCE_USES=ElementUses(),
        KNOWN_KPIS=_known_kpis,
        TESTING=settings.mode is Mode.TEST,
        # Over TLS no other host and no page without TLS can set or read a cookie of this name.
        SESSION_COOKIE_NAME="__Host-session" if settings.secure_cookies else "session",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=settings.upload_limit * 8,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
    )
    app.url_map.converters.update(int=RowNumber, default=Written, string=Written)
    db.init_app(app)
    i18n.init_app(app)
    sign_in.note_use(app)
    sending.init_app(app, settings)
    edge.note_answers(app)
    pages.init_app(app)
    edge.init_app(app)
    # What signs the tokens of pages can be told its hash in no other way; its own is SHA-1.
    Signer.default_digest_method = staticmethod(hashlib.sha256)
    CSRFProtect(app)
    sign_in.init_app(app, settings)
    access.init_app(app, may_somewhere=sign_in.may_somewhere, sign_in="security.login")
    limits.init_app(app, settings)
    for blueprint, prefix in FEATURES:
        app.register_blueprint(blueprint, url_prefix=None if prefix == "/" else prefix)
    app.context_processor(_page_context)
    app.jinja_env.filters["kpi_name"] = _kpi_name
    assets.init_app(app)
    appearance.init_app(app)
    gallery.init_app(app)
    checking.keep_heads(settings)
    headers = pages.usual_headers(settings).items()
    app.wsgi_app = FrontDoor(app.wsgi_app, settings, headers)  # type: ignore[method-assign] # as Flask says
    return app


def create_served(settings: Settings | None = None) -> Flask:
    """The application for a process that serves it, and keeps to its end what it begins with.

    A search for garbage that looked through all of that would hold every answer up for a tenth
    of a second, and so would be rare: what drawing a few PDFs leaves behind would pile up.
    """
    app = create_app(settings)
    gc.collect()
    gc.freeze()
    # The next search counts how little is left to look through; from then on each may be whole.
    gc.collect()
    young, middle, _old = gc.get_threshold()
    gc.set_threshold(young, middle, 1)
    return app


def _known_kpis() -> frozenset[str]:
    """The KPIs a standard may name, for features below the one that defines them."""
    return frozenset(kpi.id for kpi in service_kpis().kpis)


def _kpi_name(kpi_id: str) -> str:
    """A KPI's name for pages of features that know KPIs by their ids only."""
    kpi = service_kpis().find(kpi_id)
    return kpi_id if kpi is None else i18n.say(kpi.name)


def _page_context() -> dict[str, Any]:
    chosen = i18n.language()
    other = "en" if chosen == "ar" else "ar"
    signed_in = current_user.is_authenticated
    same_page = _same_page()
    return {
        "language": chosen,
        "direction": i18n.direction(chosen),
        "other_language": other,
        "other_language_url": same_page(lang=other),
        "same_page": same_page,
        "person": sign_in.current_person() if signed_in else None,
        "time_left": sign_in.time_left() if signed_in else None,
        "warning_minutes": sign_in.warning_minutes(),
        "navigation": _menu() if signed_in else (),
        "here": "" if request.endpoint in OUTSIDE_MENU else (request.blueprint or ""),
        "product_name": current_app.config["SETTINGS"].names.in_language(chosen),
        "may": sign_in.may_somewhere,
        "Permission": Permission,
    }


def _same_page() -> Callable[..., str]:
    """What gives the address of this page with another language (`lang`) or look (`theme`)."""
    if request.endpoint is None or request.method != "GET":
        page, asked = "/", {}
    else:
        page = url_for(request.endpoint, **(request.view_args or {}))
        # As plain text: some names would tell `url_for` to build another kind of address.
        asked = {key: value for key, value in request.args.items() if key not in ("lang", "theme")}

    def same_page(**choice: str) -> str:
        return f"{page}?{urlencode({**asked, **choice})}"

    return same_page


def _menu() -> tuple[MenuItem, ...]:
    return _entries(sign_in.current_access().grants, i18n.language(), request.root_path)


@lru_cache(maxsize=256)
def _entries(grants: tuple[Grant, ...], _language: Language, _root: str) -> tuple[MenuItem, ...]:
    """The entries that somebody with these roles may open, made once for each.

    The addresses begin with the root under which the site is served, so it is part of the key.
    """
    access = Access(0, grants)
    return tuple(
        MenuItem(i18n.gettext(label), url_for(endpoint), endpoint.partition(".")[0])
        for label, endpoint, permission in NAVIGATION
        if _leads_somewhere(access, permission)
    )


def _leads_somewhere(access: Access, permission: Permission) -> bool:
    """Whether the person would find anything behind the entry.

    The library is sorted by place; who only judges reads evidence in the assessments.
    """
    if permission is Permission.VIEW_EVIDENCE:
        return access.reach(permission) != Reach.of(())
    return access.may_somewhere(permission)
