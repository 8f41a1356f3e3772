"""Which pages may be asked for how often: what is costly, and what strangers could search through.

Sign-in, codes and forgotten passwords have limits of their own (`identity/trying.py`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Lock

from flask import Flask, Response, make_response, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from accredit import clock, i18n
from accredit.config import Settings
from accredit.database import db, impatient
from accredit.identity.sign_in import read_access_again
from accredit.text import N_, Message
from accredit.web import limiting
from accredit.web.front import origin_key
from accredit.web.limiting import Limit
from accredit.web.pages import SAFE_METHODS, error_page

#: A hundred certificates in a minute is more than anybody looks up by hand.
CHECKS = Limit("checks of certificates", burst=100, seconds=0.6)
EXPORTS = Limit("exports", burst=60, seconds=3.0)
#: Leafing through papers is work; a page of one is drawn in a tenth of a second.
PREVIEWS = Limit("previews", burst=300, seconds=1.0)
#: A search looks through everything the person may see.
SEARCHES = Limit("searches", burst=120, seconds=1.0)
UPLOADS = Limit("uploads", burst=60, seconds=10.0)
#: Of a megabyte at most each: a day's worth of a department at once, then one every two seconds.
PIECES = Limit("pieces of uploads", burst=2000, seconds=2.0)
#: What is sent is counted each time, whoever else asks.
SENDING = {UPLOADS.name, PIECES.name}

LIMITS: dict[str, Limit] = {
    "certificate.show": CHECKS,
    "certificate.check": CHECKS,
    "certificate.check_file": CHECKS,
    "certificate.document": CHECKS,
    "gap.pdf": EXPORTS,
    "gap.xlsx": EXPORTS,
    "gap.path": EXPORTS,
    "improvement.export_csv": EXPORTS,
    "improvement.export_xlsx": EXPORTS,
    "assessment.evidence_pack": EXPORTS,
    "assessment.evidence_preview": PREVIEWS,
    "kpi.export": EXPORTS,
    "kpi.rejected": EXPORTS,
    "search.index": SEARCHES,
    "standard.file": EXPORTS,
    "standard.draft_as": EXPORTS,
    "trail.export": EXPORTS,
    "trail.export_lines": EXPORTS,
    "evidence.new": UPLOADS,
    "evidence.add_version": UPLOADS,
    "evidence.add_piece": PIECES,
    "kpi.upload": UPLOADS,
    "standard.new": UPLOADS,
    "standard.replace": UPLOADS,
}

#: So many in a minute a worker counts by itself: looking at a page writes nothing. Whoever asks
#: for more is counted in the database, for all workers together.
UNCOUNTED = 20
_WINDOW_SECONDS = 60.0
_MOST_KEYS = 10_000
_PATIENCE_MS = 250

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Window:
    since: float
    count: int


class Recent:
    """How often each was here within a minute, in this process."""

    def __init__(self) -> None:
        self._windows: dict[Hashable, _Window] = {}
        self._lock = Lock()

    def count(self, key: Hashable, now: float) -> int:
        """Count one more; how many there are in this minute."""
        with self._lock:
            window = self._windows.pop(key, None)
            if window is None or now - window.since > _WINDOW_SECONDS:
                window = _Window(now, 0)
            # The newest stands last, so that what is forgotten first was idle the longest.
            self._windows[key] = window
            if len(self._windows) > _MOST_KEYS:
                del self._windows[next(iter(self._windows))]
            window.count += 1
            return window.count

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._windows.clear()


def init_app(app: Flask, settings: Settings) -> None:
    """Hold every request to the limit of its page; after it is known who asks."""
    recent = app.extensions["recent_requests"] = Recent()
    factor = settings.limit_factor
    held = {
        endpoint: replace(limit, burst=limit.burst * factor, seconds=limit.seconds / factor)
        for endpoint, limit in LIMITS.items()
    }

    @app.before_request
    def hold() -> Response | None:
        limit = held.get(request.endpoint or "")
        if limit is None:
            return None
        who = _who()
        if request.method in SAFE_METHODS or limit.name == CHECKS.name:
            wait = _read(recent, limit, who)
        elif limit.name in SENDING:
            wait = limiting.spend(db.session.connection(), limit, who, at=clock.now())
            db.session.commit()
            # The write lock was free for a moment, in which somebody may have lost a right.
            read_access_again()
        else:
            wait = None
        return None if wait is None else _refusal(wait)


def _who() -> str:
    if current_user.is_authenticated:
        return f"person {current_user.id}"
    return origin_key(request.remote_addr)


def _read(recent: Recent, limit: Limit, who: str) -> timedelta | None:
    """Hold a reading request to its limit; where counting fails, reading goes on."""
    if limit.name in SENDING:
        return None
    count = recent.count((limit.name, who), time.monotonic())
    if count <= UNCOUNTED:
        return None
    amount = count if count == UNCOUNTED + 1 else 1
    try:
        with impatient(_PATIENCE_MS) as connection:
            wait = limiting.spend(connection, limit, who, at=clock.now(), amount=amount)
            connection.commit()
    except SQLAlchemyError as error:
        _log.error("a limit is not counted: %s: %s", limit.name, error)
        return None
    return wait


def _refusal(wait: timedelta) -> Response:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    said = Message(N_("Too many requests. Wait %(minutes)s min, then go on."), {"minutes": minutes})
    response = make_response(error_page(429, i18n.translate(said)))
    response.headers["Retry-After"] = str(max(1, int(wait.total_seconds()) + 1))
    return response
