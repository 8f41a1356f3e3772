"""Events that no change carries: refusals, failed sign-ins, files taken away.

Each is written in a transaction of its own after the request's has ended. It never makes an
answer fail or wait for long, and it is bounded: an event is worth less than a full disk.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Hashable, Mapping

from sqlalchemy.exc import SQLAlchemyError

from accredit import clock
from accredit.audit import Subject, acting
from accredit.audit.appending import Committed, Entry, append, tell
from accredit.audit.bounds import Bounds, Rate
from accredit.database import db, impatient

#: A person may be refused sixty times at once, then once in ten seconds; all together, in one
#: process, six hundred times and then once a second: some tens of megabytes a day at most.
REFUSALS = (Rate(60, 10.0), Rate(600, 1.0))
#: Who reads the same file again within ten minutes reads it once; a film is asked for in pieces.
READINGS = (Rate(1, 600.0), Rate(5_000, 0.05))
_PATIENCE_MS = 1_000

_log = logging.getLogger(__name__)


class Notes:
    """Writes such events for one application."""

    def __init__(self) -> None:
        self._refusals = Bounds(*REFUSALS)
        self._readings = Bounds(*READINGS)

    def refused(
        self,
        action: str,
        subject: Subject,
        *,
        key: Hashable,
        by: int | None,
        details: Mapping[str, object],
    ) -> bool:
        """Note a refusal, and say whether it was; `key` is for whom refusals are bounded."""
        held_back = self._refusals.admit(key, time.monotonic())
        if held_back is None:
            return False
        more = {"held_back": held_back} if held_back else {}
        _write(action, subject, by, {**details, **more})
        return True

    def taken(
        self,
        action: str,
        subject: Subject,
        *,
        key: Hashable,
        by: int,
        details: Mapping[str, object],
    ) -> None:
        """Note that somebody took a file; `key` is who took what."""
        if self._readings.admit(key, time.monotonic()) is not None:
            _write(action, subject, by, details)


def _write(action: str, subject: Subject, by: int | None, details: Mapping[str, object]) -> None:
    now = acting.get()
    entry = Entry(
        at=clock.now(),
        by=by,
        role=(
            None
            if now is None or by is None
            else now.roles_at(subject.organisation_id, subject.department_id)
        ),
        action=action,
        subject=subject,
        details=json.dumps(details, ensure_ascii=False, sort_keys=True),
    )
    try:
        with impatient(_PATIENCE_MS) as connection:
            head = append(connection, [entry])
            connection.commit()
        tell(db.engine, Committed(*head, (action,)))
    except SQLAlchemyError as error:
        # The answer stands whatever becomes of its event; the log still knows.
        _log.error("not in the trail: %s of %s %s: %s", action, subject.type, subject.id, error)
