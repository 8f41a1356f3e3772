"""Commands: verify a certificate by its number or its file."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import click
from sqlalchemy.orm import Session

from accredit import clock
from accredit.certificate import service
from accredit.certificate.domain import CertificateState
from accredit.config import Settings
from accredit.database import db
from accredit.text import Bilingual

#: Opens the application for the time of a command; the command line gives it as its object.
OpenApplication = Callable[[], AbstractContextManager[Settings]]


@click.group()
def certificate() -> None:
    """Check certificates."""


@certificate.command()
@click.argument("number_or_file", metavar="NUMBER_OR_FILE")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def verify(open_application: OpenApplication, number_or_file: str, as_json: bool) -> None:
    """Say what a certificate is worth today, given its number or its PDF.

    A file must be exactly the one that was issued. Exit status 0 if the certificate is valid,
    1 if it is suspended, withdrawn, expired, unknown or the file altered, 2 for wrong usage.
    """
    path = Path(number_or_file)
    looks_like_a_file = path.suffix.lower() == ".pdf" or len(path.parts) > 1
    if looks_like_a_file and not path.is_file():
        raise click.BadParameter(f"there is no file {number_or_file}")
    with open_application() as settings:
        session, today = db.session(), clock.today(settings.time_zone)
        if path.is_file():
            answer = _verify_file(session, path, today)
        else:
            answer = _verify_number(session, number_or_file, today)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        for key, value in answer.items():
            text = " · ".join(value.values()) if isinstance(value, dict) else value
            click.echo(f"{key + ':':<14}{text}")
    if answer["state"] != CertificateState.VALID:
        sys.exit(1)


def _verify_number(session: Session, number: str, today: date) -> dict[str, object]:
    found = service.find_public(session.connection(), number)
    return {"state": "unknown", "number": number} if found is None else _told(found, today)


def _verify_file(session: Session, path: Path, today: date) -> dict[str, object]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    document = service.verify_file(session, digest)
    found = document and service.find_public(session.connection(), document.certificate.number)
    if not document or not found:
        return {"state": "unknown", "file": "altered or unknown", "sha256": digest}
    told = _told(found, today)
    return {**told, "file": "exactly as issued", "language": document.language, "sha256": digest}


def _told(found: service.PublicCertificate, today: date) -> dict[str, object]:
    return {
        "state": found.state_on(today).value,
        "number": found.number,
        "organisation": _both(found.organisation),
        "department": _both(found.department),
        "award": _both(found.award),
        "standard": _both(found.standard),
        "edition": found.edition,
        "issued_on": found.issued_on.isoformat(),
        "expires_on": found.expires_on.isoformat(),
    }


def _both(text: Bilingual) -> dict[str, str]:
    return {"en": text.en, "ar": text.ar}
