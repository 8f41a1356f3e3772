"""`accredit evidence …`: check the store, scan again, index again, check a pack anywhere."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from accredit.evidence.keeping import Checked


@click.group()
def evidence() -> None:
    """Look after stored files, and check packs of evidence."""


@evidence.command()
@click.option("--grace", type=click.IntRange(0), default=60, show_default=True, help="Minutes.")
@click.option(
    "--sweep",
    is_flag=True,
    help="Remove files without a record that are older, and half-sent ones after a day.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def check(application: Any, grace: int, sweep: bool, as_json: bool) -> None:
    """Read every stored file; exit 1 if one is missing or altered, or has no record.

    A file without a record that is younger than the grace time may belong to a request that is
    still being answered, and is no fault.
    """
    from accredit import clock
    from accredit.evidence.arriving import Arriving
    from accredit.evidence.bucket import store_for
    from accredit.evidence.keeping import check_store
    from accredit.evidence.store import StoreUnavailableError

    with application() as settings:
        recorded = _recorded()
        try:
            found = check_store(
                store_for(settings),
                recorded,
                at=clock.now(),
                grace=timedelta(minutes=grace),
                sweep=sweep,
            )
        except StoreUnavailableError as error:
            raise click.ClickException(str(error)) from error
        if sweep:
            Arriving(settings.arriving_dir).sweep(clock.now())
    if as_json:
        click.echo(json.dumps(_as_json(found), indent=1))
    else:
        _tell(found, recorded)
    if not found.is_good:
        sys.exit(1)


@evidence.command()
@click.option("--all", "everything", is_flag=True, help="Also files that were found clean.")
@click.pass_obj
def scan(application: Any, everything: bool) -> None:
    """Ask the virus scanner about files that wait for it; exit 1 while any is held back."""
    from accredit import clock
    from accredit.database import db
    from accredit.evidence.bucket import store_for
    from accredit.evidence.rescanning import rescan

    with application() as settings:
        if settings.scanner is None:
            raise click.ClickException("No scanner is set (ACCREDIT_CLAMAV).")
        counts = rescan(
            db.session(),
            store_for(settings),
            settings.scanner,
            everything=everything,
            at=clock.now(),
        )
    click.echo(", ".join(f"{state.value}: {count}" for state, count in counts.items()))
    if any(count for state, count in counts.items() if state.value != "clean"):
        sys.exit(1)


@evidence.command()
@click.pass_obj
def index(application: Any) -> None:
    """Read the words of all evidence again, for example after files came from a backup."""
    from accredit.database import db
    from accredit.evidence.bucket import store_for
    from accredit.evidence.rescanning import reindex

    with application() as settings:
        count, unread = reindex(db.session(), store_for(settings), limit=settings.upload_limit)
    click.echo(f"{count} pieces of evidence indexed, {unread} without readable words")


@evidence.command("verify-pack")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def verify_pack(file: Path, as_json: bool) -> None:
    """Check a pack of evidence by itself, without a database; exit 1 and name every fault."""
    from accredit.evidence.pack import verify_pack

    answer = verify_pack(file)
    if as_json:
        said = {"files": answer.files, "faults": list(answer.faults), "about": answer.about}
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        for fault in answer.faults:
            click.echo(fault)
        click.echo(f"{answer.files} files as listed, {len(answer.faults)} faults")
    if not answer.is_good:
        sys.exit(1)


def _recorded() -> dict[str, str]:
    """The hash of every file that a record speaks of, with what it is."""
    from sqlalchemy import select

    from accredit.certificate.models import CertificateDocument
    from accredit.database import db
    from accredit.evidence.models import EvidenceVersion
    from accredit.kpi.models import KpiImport

    session = db.session()
    recorded: dict[str, str] = {}
    for sha256, name in session.execute(select(KpiImport.sha256, KpiImport.id)):
        recorded[sha256] = f"KPI import {name}"
    for sha256, name in session.execute(
        select(CertificateDocument.sha256, CertificateDocument.certificate_id)
    ):
        recorded[sha256] = f"document of certificate {name}"
    for version in session.scalars(select(EvidenceVersion)):
        recorded[version.sha256] = f"evidence {version.evidence_id} version {version.number}"
    return recorded


def _as_json(found: Checked) -> dict[str, Any]:
    return {
        "records": found.records,
        "missing": found.missing,
        "altered": found.altered,
        "left_over": found.left_over,
        "young": found.young,
        "swept": found.swept,
        "good": found.is_good,
    }


def _tell(found: Checked, recorded: dict[str, str]) -> None:
    for word, hashes in (("missing", found.missing), ("altered", found.altered)):
        for sha256 in hashes:
            click.echo(f"{word}: {recorded[sha256]} ({sha256})")
    for name in found.left_over:
        click.echo(f"{'removed' if name in found.swept else 'without a record'}: {name}")
    click.echo(
        f"{found.records} files on record, {len(found.missing)} missing, "
        f"{len(found.altered)} altered, {len(found.left_over)} without a record, "
        f"{len(found.young)} younger than the grace time"
    )
