"""Pages under /standards: the published standards, to be read like a book."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint

from accredit.database import db
from accredit.identity.domain import Permission
from accredit.standard import service
from accredit.standard.domain import Standard
from accredit.standard.explain import rounding_words
from accredit.standard.rules import Award, Rule
from accredit.web.access import requires
from accredit.web.pages import page

blueprint = Blueprint("standard", __name__)


@dataclass(frozen=True, slots=True)
class Rung:
    """An award with the rules it adds to those of the award `below` it."""

    award: Award
    rules: tuple[Rule, ...]
    below: Award | None


@blueprint.get("/")
@requires(Permission.VIEW_STANDARD)
def index() -> tuple[str, int]:
    """The published versions."""
    return page("standard/index.html", rows=service.list_versions(db.session()))


@blueprint.get("/<int:version_id>")
@requires(Permission.VIEW_STANDARD)
def show(version_id: int) -> tuple[str, int]:
    """One version from cover to end."""
    row = service.get_version(db.session(), version_id)
    standard = service.read_standard(row)
    return page(
        "standard/show.html",
        row=row,
        standard=standard,
        rounding=rounding_words(standard.rounding),
        ladder=_ladder(standard),
    )


def _ladder(standard: Standard) -> list[Rung]:
    rungs: list[Rung] = []
    for award in standard.awards:
        rules = tuple(standard.rule(rule_id) for rule_id in award.rules)
        rungs.append(Rung(award, rules, rungs[-1].award if rungs else None))
    return rungs
