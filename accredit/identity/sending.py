"""Sending what waits in the outbox: by command, or beside the server."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g

from accredit import clock
from accredit.config import Mode, Settings, Smtp
from accredit.database import db, writing
from accredit.identity import outbox
from accredit.identity.letters import MailKind
from accredit.identity.models import Person
from accredit.identity.outbox import Outgoing
from accredit.identity.smtp import (
    MailDelayedError,
    MailRefusedError,
    deliver,
    message_of,
)

_log = logging.getLogger(__name__)
#: How long a sender waits for the next mail before it ends; the next request starts another.
_PATIENCE = 60.0


def send_due(app: Flask) -> int:
    """Send every mail that is due, each in transactions of its own; how many were sent.

    Without a mail server none is.
    """
    smtp = app.config["SETTINGS"].smtp
    count, more = 0, smtp is not None
    while smtp is not None and more:
        outgoing, more = _next(app)
        if outgoing is not None:
            count += _send(app, outgoing, smtp)
    return count


def _next(app: Flask) -> tuple[Outgoing | None, bool]:
    """The next mail to send, and whether there was one to look at."""
    settings: Settings = app.config["SETTINGS"]
    with app.app_context(), writing():
        try:
            session, at = db.session(), clock.now()
            mail_id = outbox.claim(session, at=at)
            if mail_id is None:
                return None, False
            # Claimed for all to see before anything is sent.
            session.commit()
            outgoing = outbox.prepare(
                session,
                mail_id,
                base_url=settings.base_url,
                product=settings.names,
                at=at,
            )
            session.commit()
            return outgoing, True
        finally:
            db.session.remove()


def _send(app: Flask, outgoing: Outgoing, smtp: Smtp) -> int:
    settings: Settings = app.config["SETTINGS"]
    host = urlsplit(settings.base_url).hostname or "localhost"
    problem, final = None, False
    try:
        message = message_of(
            outgoing.letter,
            to=outgoing.address,
            sender=smtp.sender,
            product=settings.names.in_language(outgoing.letter.language),
            # The same for every try, so that a mail that comes twice is known to be one.
            message_id=f"<accredit-{outgoing.mail_id}@{host}>",
            at=clock.now(),
            templates=app.jinja_env,
        )
        deliver(smtp, message, to=outgoing.address)
    except MailDelayedError as error:
        problem = str(error)
    except (MailRefusedError, ValueError) as error:
        problem, final = str(error), True
    with app.app_context(), writing():
        try:
            session, at = db.session(), clock.now()
            if problem is None:
                outbox.sent(session, outgoing, at=at)
            else:
                _log.warning("mail %s is not sent: %s", outgoing.mail_id, problem)
                outbox.failed(session, outgoing, problem, final=final, at=at)
            session.commit()
        finally:
            db.session.remove()
    return 1 if problem is None else 0


class Sender:
    """Sends mails beside the server, in a thread that lives while there are some."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._running = False

    def wake(self) -> None:
        """A mail was put into the outbox; never raises, since what wrote it is kept already."""
        self._wanted.set()
        with self._lock:
            if self._running:
                return
            try:
                threading.Thread(target=self._run, name="mail", daemon=True).start()
            except RuntimeError as error:
                # It stays in the outbox, and goes out with the next one that is wanted.
                _log.error("no thread for mails could be started: %s", error)
                return
            self._running = True

    def _run(self) -> None:
        while True:
            self._wanted.clear()
            try:
                send_due(self._app)
                left = self._left()
            except Exception as error:
                # A thread that ended here would never be started again.
                _log.error("the outbox could not be seen to: %s", error)
                left = 1
            if self._wanted.wait(_PATIENCE) or left:
                continue
            with self._lock:
                if not self._wanted.is_set():
                    self._running = False
                    return

    def _left(self) -> int:
        with self._app.app_context():
            try:
                return outbox.waiting(db.session())
            finally:
                db.session.remove()


def init_app(app: Flask, settings: Settings) -> None:
    """Have mails sent beside the server, once the request that wrote them has been kept.

    Called before what ends the transaction, and so after it in each request.
    """
    if settings.smtp is None or settings.mode is Mode.TEST:
        return
    sender = app.extensions["mail_sender"] = Sender(app)
    # What an earlier process left waiting goes out with the first request.
    started = threading.Event()

    @app.after_request
    def wake(response: Response) -> Response:
        if g.pop("mail_waiting", False) or not started.is_set():
            started.set()
            sender.wake()
        return response


def post(kind: MailKind, person: Person, *, at: datetime) -> None:
    """Have the person written to, where a mail server is set."""
    post_to(kind, person.email, person_id=person.id, at=at)


def post_to(kind: MailKind, address: str, *, person_id: int | None, at: datetime) -> None:
    """The same for an address of which it is not yet known whether it is anybody's."""
    if sends_mail():
        outbox.put(db.session(), kind, address, person_id=person_id, at=at)
        g.mail_waiting = True


def writes_to_strangers() -> bool:
    """Whether mails go to addresses of which nobody knows yet whose they are.

    In a demonstration anybody is anybody, and could have strangers written to.
    """
    settings: Settings = current_app.config["SETTINGS"]
    return sends_mail() and settings.mode is not Mode.DEMO


def sends_mail() -> bool:
    """Whether this installation sends mails at all."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.smtp is not None
