"""What the trail notes of every request: who acts, who was refused, who took a file away."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_login import current_user
from flask_login.signals import user_logged_in, user_logged_out
from sqlalchemy import BindParameter, Connection, Select, String, bindparam, cast, select

from accredit import clock
from accredit.assessment.models import Assessment
from accredit.audit import Acting, Subject, acting, record
from accredit.certificate.models import Certificate
from accredit.database import begin_reading, db, reading
from accredit.evidence.models import Evidence
from accredit.identity.domain import POLICY, POOL_ROLES, Grant, Permission
from accredit.identity.models import Department, Person
from accredit.identity.sign_in import current_access, current_person
from accredit.improvement.models import ImprovementAction
from accredit.trail.noting import Notes

_log = logging.getLogger(__name__)

SIGN_IN = "security.login"
#: In characters; how much an event tells of names that people chose.
_LONGEST = 2_000
#: What is a page or belongs to one; everything else is a file somebody takes away.
_PAGE_TYPES = frozenset({"text/html", "text/css", "text/javascript", "application/json"})


def note_answers(app: Flask) -> None:
    """Note what became of each request, after everything else: called first of all."""
    app.extensions["trail"] = Notes()
    app.after_request(_note_answer)


def init_app(app: Flask) -> None:
    """Say who acts while a request is served, and note signing in and out."""
    app.before_request(_begin)
    app.teardown_request(_end)
    user_logged_in.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)


def _begin() -> None:
    strict = bool(current_app.testing)
    acting.set(Acting(g.request_id, _roles_at, strict=strict))


def _end(_error: BaseException | None) -> None:
    acting.set(None)


def _roles_at(organisation_id: int | None, department_id: int | None) -> str | None:
    """The roles of the person signed in that let them do this here, or else all they hold here."""
    if not current_user.is_authenticated:
        return None
    held = [
        grant for grant in current_access().grants if _covers(grant, organisation_id, department_id)
    ]
    permission = _permission()
    allowing = [grant for grant in held if permission and grant.role in POLICY[permission]]
    return ",".join(sorted({grant.role.value for grant in allowing or held})) or None


def _covers(grant: Grant, organisation_id: int | None, department_id: int | None) -> bool:
    if organisation_id is None:
        return True
    # A pool serves a whole organisation; which assessment it opens is said by the event.
    return grant.covers(organisation_id, None if grant.role in POOL_ROLES else department_id)


def _permission() -> Permission | None:
    view = current_app.view_functions.get(request.endpoint or "")
    permission = getattr(view, "permission", None)
    return None if permission is None else Permission(permission)


def _signed_in(_app: Flask, user: Any, **_more: object) -> None:
    _record_own("person.signed_in", user.id)


def _signed_out(_app: Flask, user: Any, **_more: object) -> None:
    if user.is_authenticated:
        _record_own("person.signed_out", user.id)


def _record_own(action: str, person_id: int) -> None:
    subject = Subject("person", str(person_id))
    record(db.session(), action, subject, by=person_id, at=clock.now())


def _note_answer(response: Response) -> Response:
    # The request is over: what is noted now waits for no lock of its own.
    begin_reading()
    if "token_refused" in g:
        _note_refused_token(g.pop("token_refused"))
    elif request.endpoint == SIGN_IN:
        if _is_failed_sign_in(response):
            _note_failed_sign_in(response.status_code)
    elif "lost_files" in g:
        _note_lost_files(g.pop("lost_files"))
    elif _is_refused(response):
        _note_refusal(response.status_code)
    elif _is_file(response):
        _note_file(response)
    return response


def _is_failed_sign_in(response: Response) -> bool:
    # A form that did not arrive, or that was too long to be read, names nobody.
    failed = response.status_code >= 400 and response.status_code not in (408, 413)
    return request.method == "POST" and failed


def _notes() -> Notes:
    notes: Notes = current_app.extensions["trail"]
    return notes


def _is_refused(response: Response) -> bool:
    """Whether a right was refused: said openly (403), or as if the thing were not there (404).

    So is who asks too often (429).
    """
    refused = response.status_code in (403, 404) and _permission() is not None
    return (refused or response.status_code == 429) and bool(current_user.is_authenticated)


def _note_refusal(status: int) -> None:
    by = current_person().id
    details = {
        "page": request.endpoint,
        "method": request.method,
        "permission": _permission(),
        "answer": status,
        **_named(),
    }
    with reading() as connection:
        subject = _subject(connection)
    _notes().refused("access.denied", subject, key=by, by=by, details=details)


def _note_refused_token(why: str) -> None:
    """A form came without the token of its page: from another site, or from a page grown old."""
    by = current_person().id if current_user.is_authenticated else None
    noted = _notes().refused(
        "access.denied",
        Subject("page", request.endpoint or "-"),
        key=by or ("token", request.remote_addr),
        by=by,
        details={
            "page": request.endpoint,
            "method": request.method,
            "answer": 400,
            "kind": "page_token",
            "address": request.remote_addr,
        },
    )
    if noted:
        _log.warning("a form without the token of its page was refused: %s", why)


def _note_failed_sign_in(status: int) -> None:
    """Who was tried, if there is such an account; never what was typed: it may be a password."""
    typed = request.form.get("email", "").strip().lower()[:254]
    with reading() as connection:
        query = select(Person.id).where(Person.email == typed)
        person_id = connection.execute(query).scalar()
    subject = Subject("person", "-" if person_id is None else str(person_id))
    _notes().refused(
        "person.sign_in_failed",
        subject,
        key=("sign-in", person_id or request.remote_addr),
        by=None,
        details={"address": request.remote_addr, "answer": status},
    )


def _is_file(response: Response) -> bool:
    if request.method != "GET" or _permission() is None:
        return False
    begins = request.headers.get("Range", "bytes=0-").startswith("bytes=0-")
    return (
        (response.status_code == 200 or (response.status_code == 206 and begins))
        and (
            "Content-Disposition" in response.headers
            or response.mimetype not in _PAGE_TYPES
            # What a page shows of a file is read as much as what is taken away.
            or "file_shown" in g
        )
        and bool(current_user.is_authenticated)
    )


def _note_file(_response: Response) -> None:
    by = current_person().id
    with reading() as connection:
        subject = _subject(connection)
    action = "evidence.read" if subject.type == "evidence" else "export.taken"
    _notes().taken(
        action,
        subject,
        # Who leafs through a file reads one file.
        key=(by, request.path if "file_shown" in g else request.full_path),
        by=by,
        details={"page": request.endpoint, **_named()},
    )


def _note_lost_files(names: Sequence[str]) -> None:
    """Somebody asked for files that the store has lost."""
    by = current_person().id
    with reading() as connection:
        subject = _subject(connection)
    details = {"page": request.endpoint, "lost_files": "; ".join(names)[:_LONGEST]}
    _notes().refused("evidence.lost", subject, key=by, by=by, details=details)


def _named() -> dict[str, object]:
    """What the address named, apart from secrets: those stand in no page with a permission."""
    return {f"asked_{name}": value for name, value in (request.view_args or {}).items()}


def _subject(connection: Connection) -> Subject:
    """What the address is about and whose it is; the page itself where it names nothing."""
    named: Mapping[str, Any] = request.view_args or {}
    for argument, kind, query in _SUBJECTS:
        if argument in named:
            row = connection.execute(query, {"key": named[argument]}).one_or_none()
            if row is not None:
                return Subject(kind, str(row[0]), row[1], row[2])
    return Subject("page", request.endpoint or "-")


_KEY: BindParameter[Any] = bindparam("key")
_PLACE = (Department.organisation_id, Department.id)
#: What an argument of an address names: the kind of subject, and how its place is found.
_SUBJECTS: tuple[tuple[str, str, Select[*tuple[Any, ...]]], ...] = (
    (
        "evidence_id",
        "evidence",
        select(Evidence.id, *_PLACE).join(Evidence.department).where(Evidence.id == _KEY),
    ),
    (
        "action_id",
        "improvement_action",
        select(ImprovementAction.id, *_PLACE)
        .join(ImprovementAction.department)
        .where(ImprovementAction.id == _KEY),
    ),
    (
        "assessment_id",
        "assessment",
        select(Assessment.id, *_PLACE).join(Assessment.department).where(Assessment.id == _KEY),
    ),
    (
        "department_id",
        "department",
        select(Department.id, *_PLACE).where(Department.id == _KEY),
    ),
    (
        "number",
        "certificate",
        select(Certificate.id, Certificate.organisation_id, Certificate.department_id).where(
            Certificate.number == cast(_KEY, String)
        ),
    ),
)
