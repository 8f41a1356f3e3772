"""Pages under /standards: the list with its states, a version as a book, two compared."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from accredit.database import db
from accredit.identity.domain import NotFoundError, Permission
from accredit.identity.sign_in import may_somewhere
from accredit.standard import draft_views, drafts, service
from accredit.standard.blueprint import blueprint
from accredit.standard.book import written_book, written_changes
from accredit.standard.delivery import ENDINGS, as_file
from accredit.standard.domain import Standard
from accredit.standard.forms import CompareForm
from accredit.standard.models import StandardVersion
from accredit.web.access import requires
from accredit.web.pages import page, see_other

#: Importing this module adds its pages to the blueprint.
__all__ = ["blueprint", "draft_views"]


@blueprint.get("/")
@requires(Permission.VIEW_STANDARD)
def index() -> tuple[str, int]:
    """Every published version with its state and, for who manages them, the drafts."""
    session = db.session()
    rows = service.list_versions(session)
    manages = may_somewhere(Permission.MANAGE_STANDARDS)
    return page(
        "standard/index.html",
        rows=rows,
        superseded=service.superseded_ids(rows),
        drafts=drafts.list_drafts(session) if manages else [],
        manages=manages,
    )


@blueprint.get("/<int:version_id>")
@requires(Permission.VIEW_STANDARD)
def show(version_id: int) -> tuple[str, int]:
    """One version from cover to end."""
    session = db.session()
    row = service.get_version(session, version_id)
    newest = service.find_newest(session, row.standard_id)
    standard = service.read_standard(row)
    return page(
        "standard/show.html",
        row=row,
        newest=None if newest is row else newest,
        endings=ENDINGS,
        standard=standard,
        whole_text=written_book(standard, row.sha256, row.id),
    )


@blueprint.get("/<int:version_id>/file/<ending>")
@requires(Permission.VIEW_STANDARD)
def file(version_id: int, ending: str) -> Response:
    """A published version as a file, to be kept, changed and uploaded again."""
    row = service.get_version(db.session(), version_id)
    if ending not in ENDINGS:
        raise NotFoundError
    return as_file(service.read_standard(row), ending)


@blueprint.get("/compare")
@requires(Permission.VIEW_STANDARD)
def compare_versions() -> tuple[str, int] | BaseResponse:
    """What one version changed in another."""
    session = db.session()
    rows = service.list_versions(session)
    form = CompareForm(request.args)
    form.offer(rows)
    if not request.args and len(rows) > 1:
        # Nobody compares a version with itself.
        form.after.data = rows[1].id
    changes = before = after = None
    if "before" in request.args and form.validate():
        before = service.get_version(session, form.before.data)
        after = service.get_version(session, form.after.data)
        changes = written_changes((before.sha256, after.sha256), partial(_both, before, after))
    elif (pair := _last_two(rows)) is not None and not request.args:
        return see_other(url_for(".compare_versions", before=pair[0], after=pair[1]))
    return page(
        "standard/compare.html",
        form=form,
        rows=rows,
        before=before,
        after=after,
        changes=changes,
    )


def _both(before: StandardVersion, after: StandardVersion) -> tuple[Standard, Standard]:
    return service.read_standard(before), service.read_standard(after)


def _last_two(rows: Sequence[StandardVersion]) -> tuple[int, int] | None:
    """The first standard's newest version and the one before it, if any has two."""
    for newer, older in pairwise(rows):
        if newer.standard_id == older.standard_id:
            return older.id, newer.id
    return None
