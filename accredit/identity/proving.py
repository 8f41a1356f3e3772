"""Proving again who is there, where a change could let somebody else in or shut somebody out."""

from __future__ import annotations

from datetime import timedelta

from accredit import clock
from accredit.database import db
from accredit.identity import trying
from accredit.identity.accounts import get_person
from accredit.identity.sign_in import ensure_present_password, proved_at
from accredit.identity.trying import PRESENT

#: For how long a proof counts where it is not asked for every time.
FRESH = timedelta(minutes=5)


def prove_present(person_id: int, password: str) -> None:
    """Raise `WrongPasswordError` or `TooManyTriesError` unless this is the person's password."""
    trying.begin_try(PRESENT, person_id)
    ensure_present_password(get_person(db.session(), person_id), password)
    trying.try_was_right(PRESENT, person_id)
    # It was right, whatever becomes of what it was asked for.
    db.session.commit()


def is_proved() -> bool:
    """Whether the person signed in proved so lately who they are that it need not be asked."""
    moment = proved_at()
    return moment is not None and clock.now() - moment <= FRESH
