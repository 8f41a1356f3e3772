"""Loading the demonstration: all of it or nothing, once, and never in production."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit import clock
from accredit.config import Mode, Settings, resource_dir
from accredit.database import db
from accredit.demo import cycles, decisions, interests, measuring, plans
from accredit.demo.diary import Diary
from accredit.demo.people import PLAYERS
from accredit.demo.scene import Scene, note_arrivals
from accredit.evidence.bucket import store_for
from accredit.identity import sign_in
from accredit.identity.models import Person
from accredit.identity.passwords import DEMO_PASSWORD
from accredit.kpi.loader import service_kpis
from accredit.standard import service as standards
from accredit.standard.file.loader import get_standard
from accredit.standard.models import StandardVersion

_STEPS_A_LINE = 250

_STANDARD_FILE = "service-excellence.yaml"
_EXCELLENCE_FILE = "excellence-2025.yaml"


class DemonstrationRefusedError(Exception):
    """The demonstration, whose password is public, was to be loaded in production."""


def allowed(settings: Settings) -> bool:
    """Whether this installation may hold demonstration accounts at all."""
    return settings.mode is not Mode.PRODUCTION


def load(settings: Settings, say: Callable[[str], None] = lambda _line: None) -> bool:
    """Tell the whole story to an empty stage; False if it was told before.

    Works in the caller's transaction and commits nothing. `say` hears a line on progress.
    Raises `DemonstrationRefusedError` in production.
    """
    if not allowed(settings):
        raise DemonstrationRefusedError
    session = db.session()
    if session.scalar(select(Person.id).where(Person.is_demo).limit(1)) is not None:
        return False
    diary = Diary(clock.today(settings.time_zone), settings.time_zone)
    version = _published(session, diary, _STANDARD_FILE)
    scene = Scene(
        session=session,
        settings=settings,
        diary=diary,
        standard=standards.read_standard(version),
        version=version,
        excellence=_published(session, diary, _EXCELLENCE_FILE),
        store=store_for(settings),
    )
    note_arrivals(scene, sign_in.hashed(DEMO_PASSWORD, PLAYERS[0].email))
    measuring.note_measurements(scene)
    walks = cycles.note_assessments(scene)
    decisions.note_decisions(walks)
    plans.note_plans(scene, walks)
    interests.note_interests(scene)
    say(f"Telling two years of work in {diary.length} steps; this takes some seconds.")

    def done(count: int) -> None:
        if count % _STEPS_A_LINE == 0:
            say(f"  {count} of {diary.length}")

    diary.run(done)
    return True


def _published(session: Session, diary: Diary, file: str) -> StandardVersion:
    """A shipped standard; published before the story begins unless it was already."""
    standard = get_standard(
        resource_dir("criteria") / file,
        known_kpis={definition.id for definition in service_kpis().kpis},
    )
    found = standards.find_version(session, standard.id, standard.version)
    return found or standards.publish(session, standard, by=None, at=diary.moment(510, 8))
