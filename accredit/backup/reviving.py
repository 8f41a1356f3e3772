"""What must not go on living in an older copy: sessions, links and mails of its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.orm import Session

from accredit.audit import Subject, record
from accredit.identity import addresses
from accredit.identity.models import Mail, SignInLink, SignInSession

RESTORED = "trail.restored"


@dataclass(frozen=True, slots=True)
class Ended:
    """How many sessions and links were ended, and mails held back."""

    sessions: int
    links: int
    mails: int


def end_what_was_open(session: Session, *, made_at: str, last_event: int, at: datetime) -> Ended:
    """End sessions and links, hold mails back, and say in the trail that a copy took over.

    Since the copy was made people may have signed out, used their links and got their mails:
    none of it may happen a second time.
    """
    sessions = session.execute(delete(SignInSession))
    links = session.execute(
        update(SignInLink)
        .where(SignInLink.used_at.is_(None), SignInLink.expires_at > at)
        .values(expires_at=at)
    )
    changes = addresses.end_all(session, at=at)
    # How far a mail got is nothing the trail follows.
    mails = session.connection().execute(
        update(Mail).where(Mail.state.in_(("waiting", "sending"))).values(state="held")
    )
    ended = Ended(
        cast("CursorResult[tuple[()]]", sessions).rowcount,
        cast("CursorResult[tuple[()]]", links).rowcount + changes,
        mails.rowcount,
    )
    record(
        session,
        RESTORED,
        Subject("trail", str(last_event)),
        by=None,
        at=at,
        details={
            "made_at": made_at,
            "last_event": last_event,
            "sessions": ended.sessions,
            "links": ended.links,
            "mails": ended.mails,
        },
    )
    return ended
