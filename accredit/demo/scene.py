"""What the steps of the story share: the session, the store, the people who have arrived."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from accredit.config import Settings
from accredit.demo.diary import Diary
from accredit.demo.people import ADMINISTRATOR, DEPARTMENTS, ORGANISATIONS, PLAYERS, Player
from accredit.evidence.store import FileStore
from accredit.identity import accounts, factors, service, sign_in, totp
from accredit.identity.domain import SECOND_FACTOR_ROLES, Access
from accredit.identity.factors import NewCodes
from accredit.identity.models import Department, Organisation, Person
from accredit.standard.domain import Standard
from accredit.standard.models import StandardVersion


@dataclass
class Scene:
    """Everything the steps work on; places and people are known by their codes and keys."""

    session: Session
    settings: Settings
    diary: Diary
    standard: Standard
    version: StandardVersion
    excellence: StandardVersion
    store: FileStore
    organisations: dict[str, Organisation] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    recovery: NewCodes | None = None
    _accesses: dict[str, Access] = field(default_factory=dict)

    def access(self, key: str) -> Access:
        """What a person may do; roles do not change once everybody has arrived."""
        if key not in self._accesses:
            self._accesses[key] = service.load_access(self.session, self.people[key].id)
        return self._accesses[key]

    def person_id(self, key: str) -> int:
        """The number of the person the story calls `key`."""
        return self.people[key].id


def note_arrivals(scene: Scene, password_hash: str) -> None:
    """Note how the places are set up and how everybody gets a role and a password."""
    diary = scene.diary
    diary.note(diary.moment(500, 8, 5), partial(_arrive, scene, _player(ADMINISTRATOR)))
    diary.note(diary.moment(500, 8, 40), partial(_set_up_places, scene))
    newcomers = [player for player in PLAYERS if player.key != ADMINISTRATOR]
    moments = diary.spread(494, 486, len(newcomers))
    for player, moment in zip(newcomers, moments, strict=True):
        diary.note(moment, partial(_arrive, scene, player))
    choices = diary.spread(480, 470, len(PLAYERS))
    for player, moment in zip(PLAYERS, choices, strict=True):
        diary.note(moment, partial(_enter, scene, player.key, password_hash))


def _player(key: str) -> Player:
    return next(player for player in PLAYERS if player.key == key)


def _set_up_places(scene: Scene, at: datetime) -> None:
    by = scene.person_id(ADMINISTRATOR)
    for code, name in ORGANISATIONS.items():
        scene.organisations[code] = service.create_organisation(
            scene.session, code=code, name=name, by=by, at=at
        )
    for place in DEPARTMENTS:
        scene.departments[place.code] = service.create_department(
            scene.session,
            scene.organisations[place.organisation],
            code=place.code,
            name=place.name,
            by=by,
            at=at,
        )


def _arrive(scene: Scene, player: Player, at: datetime) -> None:
    """Somebody gets an account and their roles; the administrator's come from the command."""
    by = None if player.key == ADMINISTRATOR else scene.person_id(ADMINISTRATOR)
    person = service.create_person(
        scene.session,
        email=player.email,
        name=player.name,
        language=player.language,
        by=by,
        at=at,
        is_demo=True,
    )
    scene.people[player.key] = person
    for duty in player.duties:
        organisation = scene.organisations.get(duty.organisation or "")
        department = scene.departments.get(duty.department or "")
        service.grant_role(
            scene.session,
            person,
            duty.role,
            organisation_id=organisation.id if organisation else None,
            department_id=department.id if department else None,
            by=by,
            at=at,
        )


def _enter(scene: Scene, key: str, password_hash: str, at: datetime) -> None:
    """Somebody opens their one-time link and sets the password."""
    by = None if key == ADMINISTRATOR else scene.person_id(ADMINISTRATOR)
    token = accounts.make_sign_in_link(scene.session, scene.people[key], by=by, at=at)
    accounts.use_sign_in_link(scene.session, token, password_hash=password_hash, at=at)
    if any(duty.role in SECOND_FACTOR_ROLES for duty in _player(key).duties):
        _set_up_app(scene, key, at)


def _set_up_app(scene: Scene, key: str, at: datetime) -> None:
    """Somebody with a weighty role sets up an app. Nobody has it: one enters here by one press."""
    person_id, name = scene.person_id(key), scene.people[key].name
    factors.add_app(
        scene.session,
        person_id,
        key=totp.new_key(),
        step=totp.step_of(at.timestamp()),
        name=f"{name.en.partition(' ')[0]} – iPhone",
        seal_key=scene.settings.password_salt,
        at=at,
    )
    if scene.recovery is None:
        # The same for all of them: a slow hash for each would only make the story longer.
        scene.recovery = factors.new_codes(sign_in.hash_secret)
    factors.keep_codes(scene.session, person_id, scene.recovery, at=at)
