"""Sessions: who is signed in on which device, known on the server alone.

A cookie holds a random token and nothing else of worth; the table holds its hash. So a session
that is ended here is ended everywhere at once, whatever anybody still has in a browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, delete, select, update
from sqlalchemy.orm import Session

from accredit.identity.domain import Access, Grant, NotFoundError, Role
from accredit.identity.models import Person, RoleAssignment, SignedIn, SignInSession
from accredit.identity.service import record
from accredit.identity.tokens import hash_token, new_token
from accredit.prepared import Prepared
from accredit.text import Bilingual

#: Devices a person may be signed in on at once; a further one ends the session longest unused.
MOST_SESSIONS = 10
_LONGEST_AGENT = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A session with its person and all roles they hold at this moment."""

    person: SignedIn
    access: Access
    created_at: datetime
    seen_at: datetime
    confirmed_at: datetime | None
    has_factor: bool
    is_demo: bool

    def is_over(self, at: datetime, *, idle: timedelta, length: timedelta) -> bool:
        """Whether the session ran out, because it was left alone or simply is too old."""
        return at - self.seen_at > idle or at - self.created_at > length


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One of a person's sessions as the person sees it."""

    id: int
    created_at: datetime
    seen_at: datetime
    address: str | None
    agent: str


# Asked in every request of somebody signed in.
_WITH_ROLES = Prepared(
    select(
        SignInSession.id,
        SignInSession.created_at,
        SignInSession.seen_at,
        SignInSession.confirmed_at,
        Person.id,
        Person.email,
        Person.name_en,
        Person.name_ar,
        Person.active,
        Person.language,
        Person.second_factor_at,
        Person.is_demo,
        RoleAssignment.role,
        RoleAssignment.organisation_id,
        RoleAssignment.department_id,
    )
    .select_from(SignInSession)
    .join(Person, Person.id == SignInSession.person_id)
    .outerjoin(
        RoleAssignment,
        and_(RoleAssignment.person_id == Person.id, RoleAssignment.ended_at.is_(None)),
    )
    .where(SignInSession.token_hash == bindparam("token_hash"))
)


def find(session: Session, token: str) -> Found | None:
    """The session of a token with its person and their roles; one query."""
    rows = _WITH_ROLES.rows(session.connection(), {"token_hash": hash_token(token)})
    if not rows:
        return None
    first = rows[0]
    name = Bilingual(first[6], first[7])
    return Found(
        person=SignedIn(first[4], first[5], name, first[9], first[8], session_id=first[0]),
        access=Access(
            first[4],
            tuple(Grant(Role(row[12]), row[13], row[14]) for row in rows if row[12] is not None),
        ),
        created_at=first[1],
        seen_at=first[2],
        confirmed_at=first[3],
        has_factor=first[10] is not None,
        is_demo=first[11],
    )


def begin(
    session: Session,
    person_id: int,
    *,
    confirmed: bool,
    address: str | None,
    agent: str,
    at: datetime,
) -> str:
    """A new session; the token is known to the caller alone."""
    token = new_token()
    session.add(
        SignInSession(
            person_id=person_id,
            token_hash=hash_token(token),
            created_at=at,
            seen_at=at,
            confirmed_at=at if confirmed else None,
            address=address,
            agent=agent[:_LONGEST_AGENT],
        )
    )
    session.flush()
    _end_surplus(session, person_id)
    return token


def _end_surplus(session: Session, person_id: int) -> None:
    kept = (
        select(SignInSession.id)
        .where(SignInSession.person_id == person_id)
        .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())
        .limit(MOST_SESSIONS)
    )
    ids = list(session.scalars(kept))
    session.execute(
        delete(SignInSession).where(
            SignInSession.person_id == person_id, SignInSession.id.not_in(ids)
        )
    )


def confirm(session: Session, session_id: int, *, at: datetime) -> str | None:
    """The person proved who they are: the session opens everything, under a new token.

    None where the session ended in between.
    """
    return _renew(session, session_id, confirmed_at=at, seen_at=at, challenge=None)


def renew(session: Session, session_id: int) -> str | None:
    """Go on under a new token, with nothing proved anew; None where the session has ended."""
    return _renew(session, session_id)


def _renew(session: Session, session_id: int, **values: datetime | None) -> str | None:
    token = new_token()
    changed = session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id)
        .values(token_hash=hash_token(token), **values)
    )
    return token if changed.rowcount else None  # type: ignore[attr-defined] # of an update


def end(session: Session, session_id: int) -> None:
    """End one session, on every worker and for good."""
    session.execute(delete(SignInSession).where(SignInSession.id == session_id))


def end_all(session: Session, person_id: int, *, but: int | None = None) -> int:
    """End the person's sessions, perhaps but one; how many there were."""
    condition = SignInSession.person_id == person_id
    if but is not None:
        condition &= SignInSession.id != but
    ended = session.execute(delete(SignInSession).where(condition))
    return int(ended.rowcount)  # type: ignore[attr-defined] # of a delete


def list_own(
    session: Session, person_id: int, *, at: datetime, idle: timedelta, length: timedelta
) -> list[SessionRow]:
    """The person's sessions that are open now, the one last used first."""
    query = (
        select(
            SignInSession.id,
            SignInSession.created_at,
            SignInSession.seen_at,
            SignInSession.address,
            SignInSession.agent,
        )
        .where(
            SignInSession.person_id == person_id,
            SignInSession.confirmed_at.is_not(None),
            SignInSession.seen_at >= at - idle,
            SignInSession.created_at >= at - length,
        )
        .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())
    )
    return [SessionRow(*row) for row in session.execute(query)]


def end_own(session: Session, person_id: int, session_id: int, *, at: datetime) -> bool:
    """End one of one's own sessions; `NotFoundError` for one of somebody else's."""
    found = session.scalar(
        select(SignInSession.id).where(
            SignInSession.id == session_id, SignInSession.person_id == person_id
        )
    )
    if found is None:
        raise NotFoundError
    end(session, session_id)
    record(session, "person.session_ended", person_id, None, person_id, at)
    return True


def end_others(session: Session, person_id: int, *, but: int, at: datetime) -> bool:
    """End all of one's own sessions but the one at hand; whether there were any."""
    ended = end_all(session, person_id, but=but) > 0
    if ended:
        record(session, "person.session_ended", person_id, None, person_id, at)
    return ended


def note_seen(connection: Connection, session_id: int, *, at: datetime) -> None:
    """The session was used; so it is not left alone yet."""
    connection.execute(
        update(SignInSession).where(SignInSession.id == session_id).values(seen_at=at)
    )


def set_challenge(session: Session, session_id: int, challenge: str) -> None:
    """What a security key must sign next in this session; the one before is void."""
    # The trail does not follow this column: a page of the way in is no change to tell of.
    session.connection().execute(
        update(SignInSession).where(SignInSession.id == session_id).values(challenge=challenge)
    )


def take_challenge(session: Session, session_id: int) -> str | None:
    """The challenge of this session, which is void from now on."""
    challenge = session.scalar(
        select(SignInSession.challenge).where(SignInSession.id == session_id)
    )
    if challenge is None:
        return None
    taken = session.connection().execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.challenge == challenge)
        .values(challenge=None)
    )
    return challenge if taken.rowcount else None
