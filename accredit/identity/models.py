"""People, organisations, departments and the roles people hold there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accredit.database import Base, UtcDateTime
from accredit.identity.library import UserMixin
from accredit.text import Bilingual


class Organisation(Base):
    """A public body or company that shows how well it serves."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name_en: Mapped[str] = mapped_column(String(200))
    name_ar: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form

    departments: Mapped[list[Department]] = relationship(
        back_populates="organisation", order_by="Department.id"
    )

    @property
    def name(self) -> Bilingual:
        """The organisation's name in both languages."""
        return Bilingual(self.name_en, self.name_ar)


class Department(Base):
    """The unit that is assessed."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(16))
    name_en: Mapped[str] = mapped_column(String(200))
    name_ar: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form

    organisation: Mapped[Organisation] = relationship(back_populates="departments")

    @property
    def name(self) -> Bilingual:
        """The department's name in both languages."""
        return Bilingual(self.name_en, self.name_ar)


class Person(Base, UserMixin):
    """Somebody who signs in. What they may do is in their role assignments alone."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name_en: Mapped[str] = mapped_column(String(120))
    name_ar: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(2), default="en")
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Since when a sign-in asks for a second factor; None while there is none.
    second_factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    role_assignments: Mapped[list[RoleAssignment]] = relationship(
        foreign_keys="RoleAssignment.person_id",
        back_populates="person",
        order_by="RoleAssignment.id",
    )

    @property
    def name(self) -> Bilingual:
        """The person's name in both scripts."""
        return Bilingual(self.name_en, self.name_ar)


@dataclass(frozen=True, slots=True, eq=False)
class SignedIn(UserMixin):
    """Who sent a request: all that pages tell of them, and nothing that could be changed."""

    id: int
    email: str
    name: Bilingual
    language: str
    active: bool
    session_id: int


class RoleAssignment(Base):
    """A role held at a place from `granted_at` until `ended_at` (None: still held)."""

    __tablename__ = "role_assignment"
    __table_args__ = (Index("ix_role_assignment_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(24))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(
        foreign_keys=[person_id], back_populates="role_assignments"
    )
    organisation: Mapped[Organisation | None] = relationship()
    department: Mapped[Department | None] = relationship()


class SignInSession(Base):
    """One sign-in on one device, from the password to its end; only the token's hash is kept.

    Until `confirmed_at` it opens nothing but the pages that ask for the second factor; later that
    moves to when the person last proved again that they are there. `challenge` is what a security
    key must sign next. A session that ended has no row.
    """

    __tablename__ = "sign_in_session"
    __table_args__ = (Index("ix_sign_in_session_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str | None] = mapped_column(String(45))
    agent: Mapped[str] = mapped_column(String(200))
    challenge: Mapped[str | None] = mapped_column(String(64))


class SecondFactor(Base):
    """Something a person has: an authenticator app, or a security key.

    Of an app `secret` is the encrypted key of its codes and `counter` the last step used; of a
    key `credential` is its id, `secret` its public key and `counter` how often it signed.
    """

    __tablename__ = "second_factor"
    __table_args__ = (Index("ix_second_factor_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(60))
    secret: Mapped[str] = mapped_column(Text)
    credential: Mapped[str | None] = mapped_column(String(1400), unique=True)
    counter: Mapped[int] = mapped_column(BigInteger, default=0)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """A code for the day the telephone is lost: used once, kept as a hash."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    slot: Mapped[str] = mapped_column(String(1))
    code_hash: Mapped[str] = mapped_column(String(255))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FactorReset(Base):
    """An administrator asks that a person's second factors be forgotten; another one agrees."""

    __tablename__ = "factor_reset"
    __table_args__ = (
        Index("ix_factor_reset_person_id", "person_id"),
        CheckConstraint("agreed_by_id <> asked_by_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mail(Base):
    """A mail that is to be sent, or was. It holds no link: that is made when it is sent.

    `state` is "waiting", "sending", "sent", "dropped", or "held" since a backup was restored;
    `due_at` is when it is tried (again).
    """

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    address: Mapped[str] = mapped_column(String(254))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    problem: Mapped[str | None] = mapped_column(String(200))


class AddressChange(Base):
    """A person asked that another e-mail address be theirs; a link sent there confirms it.

    The link is made when its mail is sent: until then there is no `token_hash`. `bound_to` is a
    mark of the password that was given, so that the link opens nothing once it is another one.
    """

    __tablename__ = "address_change"
    __table_args__ = (
        # What somebody asks for replaces what they asked for before.
        Index(
            "ix_address_change_open",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(String(254))
    bound_to: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()


class SignInLink(Base):
    """A single-use link that lets a person set a password; only its hash is kept.

    `purpose` is "invitation" or "reset"; `bound_to` is a mark of the password it replaces, so
    that it opens nothing once another one was chosen.
    """

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(
        String(12), default="invitation", server_default="invitation"
    )
    bound_to: Mapped[str] = mapped_column(String(64), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()
