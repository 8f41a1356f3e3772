"""Links of mails that were opened in this browser.

The token of a link is kept in the signed cookie of the session, and the browser is led on to an
address without it: none stands in a history, in the log of a proxy, or on a screen.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import session

#: A link that was opened and not used is to be opened anew.
GOOD_FOR = timedelta(hours=1)
_KEY = "opened_links"


def keep(kind: str, token: str, *, at: datetime) -> None:
    """Remember the token of the link of this kind; the one before is forgotten."""
    session[_KEY] = {**session.get(_KEY, {}), kind: [token, at.timestamp()]}


def kept(kind: str, *, at: datetime) -> str:
    """The token of the link of this kind that was opened here of late; none opens nothing."""
    token, opened_at = session.get(_KEY, {}).get(kind, ("", 0.0))
    return str(token) if at.timestamp() - opened_at <= GOOD_FOR.total_seconds() else ""


def forget(kind: str) -> None:
    """It was used."""
    links = {other: link for other, link in session.pop(_KEY, {}).items() if other != kind}
    if links:
        session[_KEY] = links
