"""The places of a demonstration by name, and what is made there only to be pictured."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from accredit import clock
from accredit.app import create_app
from accredit.assessment.models import Assessment
from accredit.certificate.models import Certificate
from accredit.config import load_settings, resource_dir
from accredit.database import db, writing
from accredit.identity import accounts, factors, service, sign_in, totp
from accredit.identity.accounts import Purpose
from accredit.identity.domain import Role
from accredit.identity.models import Department, Person
from accredit.identity.passwords import DEMO_PASSWORD
from accredit.kpi.loader import service_kpis
from accredit.standard import drafts
from accredit.standard.drafts import SourceFile
from accredit.standard.models import StandardVersion
from accredit.standard.uploads import read_upload
from accredit.text import Bilingual


def find_places(environ: Mapping[str, str]) -> dict[str, str]:
    """What stands in braces in the addresses of `shots.py`."""
    app = create_app(load_settings(environ))
    with app.app_context(), writing():
        session = db.session()
        places = {
            **_assessments(session),
            **_departments(session),
            **_certificates(session),
            **_standards(session),
        }
        places["invitation"] = f"/welcome/{_link(session, 'noor', Purpose.INVITATION)}"
        places["reset"] = f"/reset/{_link(session, 'tariq', Purpose.RESET)}"
        places["draft"] = f"/standards/drafts/{_draft(session)}"
        _somebody_with_a_second_factor(session, app.config["SETTINGS"].password_salt)
        session.commit()
        db.session.remove()
        db.engine.dispose()
    return places


def _assessments(session: Session) -> dict[str, str]:
    """ "stage:department" and "stage:department:standard", the newest of each."""
    places: dict[str, str] = {}
    rows = session.scalars(
        select(Assessment).order_by(Assessment.standard_version_id.desc(), Assessment.id)
    )
    for row in rows:
        name = f"{row.stage}:{row.department.code}"
        places[name] = places[f"{name}:{row.standard_version.standard_id}"] = str(row.id)
    return places


def _departments(session: Session) -> dict[str, str]:
    return {f"department:{row.code}": str(row.id) for row in session.scalars(select(Department))}


def _somebody_with_a_second_factor(session: Session, seal_key: str) -> None:
    """Of the people of the demonstration none is asked for theirs."""
    at, name = clock.now(), Bilingual("Sara Al Nuaimi", "سارة النعيمي")
    sara = service.create_person(
        session, email="sara@waha.example", name=name, language="ar", by=None, at=at
    )
    service.grant_role(session, sara, Role.PROGRAMME_MANAGER, organisation_id=1, by=None, at=at)
    token = accounts.make_sign_in_link(session, sara, by=None, at=at)
    secret = sign_in.hashed(DEMO_PASSWORD, sara.email)
    accounts.use_sign_in_link(session, token, password_hash=secret, at=at)
    factors.add_app(session, sara.id, key=totp.new_key(), step=0, name="", seal_key=seal_key, at=at)


def _certificates(session: Session) -> dict[str, str]:
    today = clock.now().date()
    return {
        f"certificate:{row.state_on(today).value}": row.number
        for row in session.scalars(select(Certificate).order_by(Certificate.id))
    }


def _standards(session: Session) -> dict[str, str]:
    rows = session.scalars(select(StandardVersion).order_by(StandardVersion.id))
    return {f"standard:{row.standard_id}": str(row.id) for row in rows}


def _person(session: Session, key: str) -> Person:
    return session.scalars(select(Person).where(Person.email.startswith(f"{key}@"))).one()


def _link(session: Session, key: str, purpose: Purpose) -> str:
    person = _person(session, key)
    return accounts.make_sign_in_link(session, person, by=None, at=clock.now(), purpose=purpose)


def _draft(session: Session) -> int:
    """The next version of a standard, in which a few words and a weight have changed."""
    text = (resource_dir("criteria") / "service-excellence.yaml").read_text()
    text = text.replace('version: "2026.2"', 'version: "2027.1"').replace("customer", "client", 3)
    content = text.encode()
    standard = read_upload("next.yaml", content, {kpi.id for kpi in service_kpis().kpis})
    file = SourceFile("next.yaml", content, standard)
    amina = _person(session, "amina")
    return drafts.upload(session, file, by=amina.id, at=clock.now()).id
