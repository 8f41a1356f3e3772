"""Drafts of standards, scores set aside, and published standards in the shape of their files.

Until now the content of a published standard followed the classes of the program; from now
on it follows the file, which can say more. Rows written earlier say the same afterwards, but
are spelled and therefore hashed anew; an event names both hashes, so that the trail, in which
the earlier hash stands, still leads to the row. Nothing of the program is imported here: this
step must stay true when the program has changed.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_VERSIONS = sa.table(
    "standard_version",
    sa.column("id", sa.Integer()),
    sa.column("standard_id", sa.String()),
    sa.column("version", sa.String()),
    sa.column("sha256", sa.String()),
    sa.column("content", sa.Text()),
)
_EVENTS = sa.table(
    "event",
    sa.column("id", sa.Integer()),
    sa.column("at", sa.DateTime()),
    sa.column("person_id", sa.Integer()),
    sa.column("action", sa.String()),
    sa.column("subject_type", sa.String()),
    sa.column("subject_id", sa.String()),
    sa.column("organisation_id", sa.Integer()),
    sa.column("department_id", sa.Integer()),
    sa.column("details", sa.Text()),
    sa.column("request_id", sa.String()),
    sa.column("previous_hash", sa.String()),
    sa.column("hash", sa.String()),
)


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "standard_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("title_ar", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("based_on_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["based_on_id"],
            ["standard_version.id"],
            name=op.f("fk_standard_draft_based_on_id_standard_version"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["person.id"], name=op.f("fk_standard_draft_uploaded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_draft")),
        sa.UniqueConstraint(
            "standard_id", "version", name=op.f("uq_standard_draft_standard_id_version")
        ),
    )
    op.create_table(
        "score_set_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("standard_version_id", sa.Integer(), nullable=False),
        sa.Column("element_code", sa.String(length=24), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_score_set_aside_assessment_id_assessment"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_score_set_aside_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["standard_version_id"],
            ["standard_version.id"],
            name=op.f("fk_score_set_aside_standard_version_id_standard_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_set_aside")),
    )
    with op.batch_alter_table("score_set_aside", schema=None) as batch_op:
        batch_op.create_index(
            "ix_score_set_aside_assessment_id_element_code",
            ["assessment_id", "element_code"],
            unique=False,
        )
    _respell(op.get_bind())


def downgrade() -> None:
    """Undo it: drafts and what was set aside go; published standards keep their new spelling."""
    with op.batch_alter_table("score_set_aside", schema=None) as batch_op:
        batch_op.drop_index("ix_score_set_aside_assessment_id_element_code")

    op.drop_table("score_set_aside")
    op.drop_table("standard_draft")


def _respell(connection: sa.Connection) -> None:
    rows = connection.execute(
        sa.select(
            _VERSIONS.c.id,
            _VERSIONS.c.standard_id,
            _VERSIONS.c.version,
            _VERSIONS.c.sha256,
            _VERSIONS.c.content,
        ).order_by(_VERSIONS.c.id)
    ).all()
    for version_id, standard_id, version, before, text in rows:
        if hashlib.sha256(text.encode()).hexdigest() != before:
            # A new hash would make altered content look sound; as it is, it stays refused.
            continue
        data = json.loads(text)
        if "format" in data:
            continue
        content = json.dumps(
            _document(data), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        after = hashlib.sha256(content.encode()).hexdigest()
        connection.execute(
            sa.update(_VERSIONS)
            .where(_VERSIONS.c.id == version_id)
            .values(content=content, sha256=after)
        )
        details = {"standard": standard_id, "version": version, "sha256": [before, after]}
        _record(connection, version_id, details)


def _record(connection: sa.Connection, version_id: int, details: dict[str, Any]) -> None:
    """Add the event to the chain, in the way the trail of this release does."""
    last = connection.scalar(sa.select(_EVENTS.c.hash).order_by(_EVENTS.c.id.desc()).limit(1))
    at = datetime.now(UTC)
    previous = last or "0" * 64
    said = json.dumps(details, ensure_ascii=False, sort_keys=True)
    action, kind, key = "standard.respelled", "standard_version", str(version_id)
    hashed = [previous, at.isoformat(), None, action, kind, key, None, None, said, None]
    connection.execute(
        sa.insert(_EVENTS).values(
            at=at.replace(tzinfo=None),
            action=action,
            subject_type=kind,
            subject_id=key,
            details=said,
            previous_hash=previous,
            hash=hashlib.sha256(json.dumps(hashed, ensure_ascii=False).encode()).hexdigest(),
        )
    )


def _document(data: dict[str, Any]) -> dict[str, Any]:
    """The same standard in the shape of its file."""
    return _said(
        {
            "format": "accredit-standard/1",
            **{key: data[key] for key in ("id", "version", "title", "description", "rounding")},
            "scale": {
                "levels": [
                    {**level, "value": str(level["value"])} for level in data["scale"]["levels"]
                ]
            },
            "evidence_kinds": data["evidence_kinds"],
            "kpis": data["kpis"],
            "sources": data["sources"] or None,
            "criteria": [_criterion(criterion) for criterion in data["criteria"]],
            "rules": [_rule(rule) for rule in data["rules"]],
            "awards": [_said({**one, "rules": one["rules"] or None}) for one in data["awards"]],
        }
    )


def _criterion(data: dict[str, Any]) -> dict[str, Any]:
    elements = [_element(element) for element in data["elements"]]
    return _said({**data, "sources": data["sources"] or None, "elements": elements})


def _element(data: dict[str, Any]) -> dict[str, Any]:
    rubric = data["rubric"]["descriptors"]
    kept = ("code", "title", "statement", "why", "weight", "required")
    return _said(
        {
            **{key: data[key] for key in kept},
            "levels": {descriptor["level"]: descriptor["text"] for descriptor in rubric},
            "evidence": data["evidence"] or None,
            "kpis": data["kpis"] or None,
            "sources": data["sources"] or None,
        }
    )


def _rule(data: dict[str, Any]) -> dict[str, Any]:
    said = {key: data[key] for key in ("id", "kind", "text")}
    if data["kind"] == "kpi_condition":
        kept = ("kpi", "min", "max", "min_n")
        return _said({**said, **{key: data[key] for key in kept}, "field": data["figure"]})
    scope = data["scope"]
    said["scope"] = scope["code"] if scope["kind"] == "node" else scope["kind"]
    if data["kind"] == "minimum":
        return {**said, "value": data["value"]}
    said["where"] = {data["where"]["kind"]: data["where"]["level"]}
    return _said({**said, "min": data.get("min"), "max": data.get("max")})


def _said(data: dict[str, Any]) -> dict[str, Any]:
    """The keys that say something."""
    return {key: value for key, value in data.items() if value is not None}
