"""Second factors: what a person has beside a password, and proving that they have it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from accredit.identity import security_keys, totp
from accredit.identity.domain import NotFoundError
from accredit.identity.models import Person, RecoveryCode, SecondFactor
from accredit.identity.sealing import seal, unseal
from accredit.identity.security_keys import KeyRefusedError, NewKey, Site
from accredit.identity.service import record
from accredit.text import N_, RuleError

MOST_FACTORS = 10
#: Letters and digits that nobody takes for one another.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_SLOTS = "ABCDEFGHJK"
_GROUP = 5


class FactorKind(StrEnum):
    """What a second factor is."""

    APP = "app"
    KEY = "key"


class WrongCodeError(RuleError):
    """The code is not the one asked for, or was used before."""

    def __init__(self) -> None:
        super().__init__(
            N_("This code is wrong or was used before. Wait for the next one and enter that."),
            field="code",
        )


class ClockError(RuleError):
    """The code is right for another time of day."""

    def __init__(self, minutes: int) -> None:
        super().__init__(
            N_(
                "The clock of your telephone is off by about %(minutes)s minutes. Let it set the "
                "time by itself, then enter a new code."
            ),
            field="code",
            minutes=abs(minutes),
        )


class TooManyFactorsError(RuleError):
    """Nobody needs more."""

    def __init__(self) -> None:
        super().__init__(N_("You have as many second factors as one person may have."))


class LastFactorError(RuleError):
    """Somebody whose role needs a second factor would have none."""

    def __init__(self) -> None:
        super().__init__(N_("You need a second factor. Add another one before you remove this."))


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One second factor as its owner sees it: nothing secret."""

    id: int
    kind: FactorKind
    name: str
    added_at: datetime
    used_at: datetime | None


def list_factors(session: Session, person_id: int) -> list[FactorRow]:
    """The person's second factors in the order in which they were added."""
    query = (
        select(
            SecondFactor.id,
            SecondFactor.kind,
            SecondFactor.name,
            SecondFactor.added_at,
            SecondFactor.used_at,
        )
        .where(SecondFactor.person_id == person_id)
        .order_by(SecondFactor.id)
    )
    return [
        FactorRow(key, FactorKind(kind), name, added, used)
        for key, kind, name, added, used in session.execute(query)
    ]


def recovery_left(session: Session, person_id: int) -> int:
    """How many recovery codes the person has not used."""
    query = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(query) or 0


def check_app_code(key: bytes, code: str, *, at: datetime) -> int:
    """The step of a code that shows that an app holds the key; `WrongCodeError`, `ClockError`."""
    code = plain_code(code)
    now = totp.step_of(at.timestamp())
    step = totp.find_step(key, code, now, after=0)
    if step is None:
        off = totp.minutes_off(key, code, now)
        raise WrongCodeError if off is None else ClockError(off)
    return step


def add_app(
    session: Session,
    person_id: int,
    *,
    key: bytes,
    step: int,
    name: str,
    seal_key: str,
    at: datetime,
) -> None:
    """Keep a new app, whose code of `step` has been shown and so is used."""
    _add(
        session,
        SecondFactor(
            person_id=person_id,
            kind=FactorKind.APP.value,
            name=name,
            secret=seal(seal_key, key, _purpose(person_id)),
            counter=step,
            added_at=at,
            used_at=at,
        ),
    )


def key_credentials(session: Session, person_id: int) -> list[str]:
    """The ids of the person's security keys."""
    return [factor.credential or "" for factor in _of_kind(session, person_id, FactorKind.KEY)]


def add_key(session: Session, person_id: int, *, key: NewKey, name: str, at: datetime) -> None:
    """Keep a new security key; `KeyRefusedError` if somebody has it already."""
    taken = select(SecondFactor.id).where(SecondFactor.credential == key.credential)
    if session.scalar(taken) is not None:
        raise KeyRefusedError
    _add(
        session,
        SecondFactor(
            person_id=person_id,
            kind=FactorKind.KEY.value,
            name=name,
            secret=key.public_key,
            credential=key.credential,
            counter=key.counter,
            added_at=at,
            used_at=None,
        ),
    )


def _add(session: Session, factor: SecondFactor) -> None:
    held = select(func.count(SecondFactor.id)).where(SecondFactor.person_id == factor.person_id)
    if (session.scalar(held) or 0) >= MOST_FACTORS:
        raise TooManyFactorsError
    session.add(factor)
    person = session.get_one(Person, factor.person_id)
    if person.second_factor_at is None:
        person.second_factor_at = factor.added_at
    session.flush()
    record(
        session,
        "person.factor_added",
        factor.person_id,
        None,
        factor.person_id,
        factor.added_at,
        kind=factor.kind,
    )


def remove(session: Session, person_id: int, factor_id: int, *, needed: bool, at: datetime) -> None:
    """Forget one of one's own factors; with the last one the recovery codes go.

    `needed`: the person's role asks for one. Raises `LastFactorError` then for the last.
    """
    factor = session.scalar(
        select(SecondFactor).where(
            SecondFactor.id == factor_id, SecondFactor.person_id == person_id
        )
    )
    if factor is None:
        raise NotFoundError
    last = len(list_factors(session, person_id)) == 1
    if last and needed:
        raise LastFactorError
    session.delete(factor)
    if last:
        _forget_rest(session, person_id)
    session.flush()
    record(session, "person.factor_removed", person_id, None, person_id, at, kind=factor.kind)


def forget_all(session: Session, person_id: int) -> None:
    """Forget every second factor of the person; the caller records why."""
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
    _forget_rest(session, person_id)


def _forget_rest(session: Session, person_id: int) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.get_one(Person, person_id).second_factor_at = None
    session.flush()


def use_app_code(
    session: Session, person_id: int, code: str, *, seal_key: str, at: datetime
) -> None:
    """Prove by a code of one of the person's apps; each code counts once.

    Raises `WrongCodeError`, or `ClockError` where the telephone's clock is the trouble.
    """
    code, now = plain_code(code), totp.step_of(at.timestamp())
    off = None
    for factor in _of_kind(session, person_id, FactorKind.APP):
        key = unseal(seal_key, factor.secret, _purpose(person_id))
        step = totp.find_step(key, code, now, after=factor.counter)
        if step is not None and _move(session, factor, step, at, strictly=True):
            return
        off = off or totp.minutes_off(key, code, now)
    raise WrongCodeError if off is None else ClockError(off)


def key_options(session: Session, person_id: int, site: Site) -> tuple[str, str]:
    """What a browser needs to have one of the person's keys sign, and the challenge in it."""
    known = key_credentials(session, person_id)
    if not known:
        raise KeyRefusedError
    return security_keys.options_to_sign(site, known)


def use_key(
    session: Session, person_id: int, answer: str, challenge: str, *, site: Site, at: datetime
) -> None:
    """Prove by what one of the person's keys signed; raises `KeyRefusedError`."""
    credential = security_keys.credential_of(answer)
    for factor in _of_kind(session, person_id, FactorKind.KEY):
        if factor.credential == credential:
            counter = security_keys.verify_signed(
                site, answer, challenge, public_key=factor.secret, counter=factor.counter
            )
            # Many keys do not count and always say 0; the challenge holds for once anyway.
            if _move(session, factor, counter, at, strictly=counter > 0):
                return
    raise KeyRefusedError


@dataclass(frozen=True, slots=True)
class NewCodes:
    """Ten new recovery codes: as they are shown once, and as they are kept."""

    shown: tuple[str, ...]
    kept: Mapping[str, str]


def new_codes(hashed: Callable[[str], str]) -> NewCodes:
    """Ten new codes. Their slow hashes take a while: nobody should wait for them meanwhile."""
    shown, kept = [], {}
    for slot in _SLOTS:
        secret = "".join(secrets.choice(_ALPHABET) for _ in range(2 * _GROUP))
        kept[slot] = hashed(secret)
        shown.append(f"{slot}-{secret[:_GROUP]}-{secret[_GROUP:]}")
    return NewCodes(tuple(shown), kept)


def keep_codes(session: Session, person_id: int, codes: NewCodes, *, at: datetime) -> None:
    """Keep new recovery codes; earlier ones open nothing any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    for slot, code_hash in codes.kept.items():
        session.add(RecoveryCode(person_id=person_id, slot=slot, code_hash=code_hash))
    session.flush()
    record(session, "person.recovery_codes_made", person_id, None, person_id, at)


def use_recovery_code(
    session: Session,
    person_id: int,
    code: str,
    *,
    matches: Callable[[str, str], bool],
    at: datetime,
) -> None:
    """Prove by a recovery code, which is used up; raises `WrongCodeError`."""
    plain = plain_code(code).replace("-", "").lower()
    row = session.scalar(
        select(RecoveryCode).where(
            RecoveryCode.person_id == person_id, RecoveryCode.slot == plain[:1].upper()
        )
    )
    if row is None or row.used_at is not None or not matches(plain[1:], row.code_hash):
        raise WrongCodeError
    used = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.id == row.id, RecoveryCode.used_at.is_(None))
        .values(used_at=at)
    )
    if not used.rowcount:  # type: ignore[attr-defined] # of an update
        raise WrongCodeError
    record(session, "person.recovery_code_used", person_id, None, person_id, at)


def is_app_code(code: str) -> bool:
    """Whether this is meant as the code of an app: six digits, of whatever script."""
    plain = plain_code(code)
    return plain.isascii() and plain.isdigit()


def plain_code(code: str) -> str:
    """A code without the spaces people type into it, and with Latin digits."""
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in "".join(code.split()))


def _of_kind(session: Session, person_id: int, kind: FactorKind) -> list[SecondFactor]:
    query = (
        select(SecondFactor)
        .where(SecondFactor.person_id == person_id, SecondFactor.kind == kind.value)
        .order_by(SecondFactor.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _move(
    session: Session, factor: SecondFactor, counter: int, at: datetime, *, strictly: bool
) -> bool:
    """Keep how far a factor has counted; False if somebody used the same at the same moment."""
    changed = update(SecondFactor).where(SecondFactor.id == factor.id)
    if strictly:
        changed = changed.where(SecondFactor.counter < counter)
    done = session.execute(changed.values(counter=counter, used_at=at))
    return bool(done.rowcount)  # type: ignore[attr-defined] # of an update


def _purpose(person_id: int) -> str:
    return f"app of person {person_id}"
