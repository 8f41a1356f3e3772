"""Proving again who is there, where a change could let somebody else in."""

from __future__ import annotations

from accredit.database import db
from accredit.identity import trying
from accredit.identity.accounts import get_person
from accredit.identity.sign_in import ensure_present_password
from accredit.identity.trying import PRESENT


def prove_present(person_id: int, password: str) -> None:
    """Raise `WrongPasswordError` or `TooManyTriesError` unless this is the person's password."""
    trying.begin_try(PRESENT, person_id)
    ensure_present_password(get_person(db.session(), person_id), password)
    trying.try_was_right(PRESENT, person_id)
