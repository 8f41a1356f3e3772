"""Pages under /standards for those who manage them: upload, read, compare, publish, discard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any, cast

from flask import Response, current_app, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from accredit import clock
from accredit.database import db
from accredit.i18n import gettext
from accredit.identity.domain import NotFoundError, Permission
from accredit.identity.sign_in import current_person
from accredit.standard import drafts, service
from accredit.standard.blueprint import blueprint
from accredit.standard.book import written_book, written_changes, written_examples
from accredit.standard.delivery import ENDINGS, as_file
from accredit.standard.domain import Standard
from accredit.standard.drafts import DraftExistsError, SourceFile
from accredit.standard.file.yaml_tree import MAX_BYTES
from accredit.standard.forms import PublishForm, ReplaceForm, RevisionForm, UploadForm
from accredit.standard.models import StandardDraft, StandardVersion
from accredit.standard.uploads import ACCEPT, BadStandardError, read_upload
from accredit.text import N_, RuleError
from accredit.web.access import requires
from accredit.web.forms import show_rule_error
from accredit.web.pages import page, see_other, tell

Answer = tuple[str, int] | BaseResponse
PROBLEMS_SHOWN = 100


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def new() -> Answer:
    """Upload a file as a new draft; a file with errors stores nothing."""
    form = UploadForm()
    if request.method == "GET":
        return _upload_page(form)

    def store(file: SourceFile) -> StandardDraft:
        return drafts.upload(db.session(), file, by=current_person().id, at=clock.now())

    return _take(form, store)


@blueprint.get("/drafts/<int:draft_id>")
@requires(Permission.MANAGE_STANDARDS)
def draft(draft_id: int) -> tuple[str, int]:
    """A draft: what it changes, what its examples give, and its text like that of a book."""
    session = db.session()
    found = drafts.get_draft(session, draft_id)
    standard = drafts.read_draft(found)
    shown = request.args.get("show", "changes")
    parts = [
        {"label": gettext(label), "url": url_for(".draft", draft_id=draft_id, show=part)}
        | {"active": part == shown}
        for part, label in _PARTS.items()
    ]
    return page(
        "standard/draft.html",
        draft=found,
        parts=parts,
        endings=ENDINGS,
        shown=shown if shown in _PARTS else "changes",
        revision=RevisionForm(formdata=None, revision=found.revision),
        standard=standard,
        whole_text=partial(written_book, standard, found.sha256),
        **_read(found),
    )


_PARTS = {
    "changes": N_("What changes"),
    "examples": N_("Worked examples"),
    "text": N_("The whole text"),
}


@blueprint.route("/drafts/<int:draft_id>/replace", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def replace(draft_id: int) -> Answer:
    """Another file in the place of the draft's."""
    session = db.session()
    found = drafts.get_draft(session, draft_id)
    if request.method == "GET":
        return _upload_page(ReplaceForm(formdata=None, revision=found.revision), found)
    form = ReplaceForm()

    def store(file: SourceFile) -> StandardDraft:
        drafts.replace(
            session,
            found,
            file,
            revision=form.revision.data or 0,
            by=current_person().id,
            at=clock.now(),
        )
        return found

    return _take(form, store, found)


@blueprint.route("/drafts/<int:draft_id>/publish", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def publish(draft_id: int) -> Answer:
    """Ask once more, with the difference and the examples in view; then publish for good."""
    session = db.session()
    found = drafts.get_draft(session, draft_id)
    if request.method == "GET":
        return _publish_page(found)
    form = PublishForm()
    try:
        row = drafts.publish_draft(
            session,
            found,
            sha256=form.sha256.data or "",
            compared_with=form.compared_id,
            by=current_person().id,
            at=clock.now(),
        )
    except RuleError as error:
        return _publish_page(found, error)
    tell(
        N_("%(standard)s %(version)s is published. It never changes from now on."),
        standard=row.standard_id,
        version=row.version,
    )
    return see_other(url_for(".show", version_id=row.id))


@blueprint.post("/drafts/<int:draft_id>/discard")
@requires(Permission.MANAGE_STANDARDS)
def discard(draft_id: int) -> BaseResponse:
    """Drop a draft."""
    session, form = db.session(), RevisionForm()
    drafts.discard(
        session,
        drafts.get_draft(session, draft_id),
        revision=form.revision.data or 0,
        by=current_person().id,
        at=clock.now(),
    )
    tell(N_("The draft was discarded."))
    return see_other(url_for(".index"))


@blueprint.get("/drafts/<int:draft_id>/file")
@requires(Permission.MANAGE_STANDARDS)
def draft_file(draft_id: int) -> Response:
    """The file of a draft as it was uploaded."""
    found = drafts.get_draft(db.session(), draft_id)
    response = send_file(
        BytesIO(found.source),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=found.file_name,
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/drafts/<int:draft_id>/file/<ending>")
@requires(Permission.MANAGE_STANDARDS)
def draft_as(draft_id: int, ending: str) -> Response:
    """A draft as a file of a kind of the reader's choice."""
    found = drafts.get_draft(db.session(), draft_id)
    if ending not in ENDINGS:
        raise NotFoundError
    return as_file(drafts.read_draft(found), ending)


def _take(
    form: UploadForm,
    store: Callable[[SourceFile], StandardDraft],
    replaced: StandardDraft | None = None,
) -> Answer:
    """Read and store what was sent; whatever is wrong is shown, and nothing is stored."""
    if not form.validate():
        return _upload_page(form, replaced, status=422)
    name, content = form.take()
    try:
        known = cast("Callable[[], frozenset[str]]", current_app.config["KNOWN_KPIS"])()
        stored = store(SourceFile(name, content, read_upload(name, content, known)))
    except RuleError as error:
        error.field = error.field or "file"
        show_rule_error(form, error)
        return _upload_page(form, replaced, error=error, status=422)
    tell(N_("The draft was stored. Nothing is assessed by it before it is published."))
    return see_other(url_for(".draft", draft_id=stored.id))


def _upload_page(
    form: UploadForm,
    replaced: StandardDraft | None = None,
    *,
    error: RuleError | None = None,
    status: int = 200,
) -> tuple[str, int]:
    problems = error.problems if isinstance(error, BadStandardError) else ()
    return page(
        "standard/upload.html",
        status,
        form=form,
        draft=replaced,
        problems=problems[:PROBLEMS_SHOWN],
        more=max(0, len(problems) - PROBLEMS_SHOWN),
        existing=error.draft if isinstance(error, DraftExistsError) else None,
        limit=MAX_BYTES // 1024**2,
        accept=ACCEPT,
    )


def _publish_page(found: StandardDraft, error: RuleError | None = None) -> tuple[str, int]:
    standard = drafts.read_draft(found)
    read = _read(found)
    newest = cast("StandardVersion | None", read["newest"])
    form = PublishForm(
        formdata=None, sha256=found.sha256, compared_with=newest.id if newest else ""
    )
    return page(
        "standard/publish.html",
        409 if error else 200,
        draft=found,
        standard=standard,
        form=form,
        error=error.message if error else None,
        **read,
    )


def _read(found: StandardDraft) -> dict[str, Any]:
    """A draft beside the newest published version, and beside its own examples."""
    newest = service.find_newest(db.session(), found.standard_id)
    results = drafts.read_examples(found)
    parts: dict[str, Any] = {
        "newest": newest,
        "results": results,
        "examples": partial(written_examples, found.sha256, results),
    }
    if newest is not None:
        hashes = (newest.sha256, found.sha256)
        parts["changes"] = partial(written_changes, hashes, partial(_both, newest, found))
    return parts


def _both(newest: StandardVersion, found: StandardDraft) -> tuple[Standard, Standard]:
    return service.read_standard(newest), drafts.read_draft(found)
