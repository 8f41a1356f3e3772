"""What one person must not do twice, held by the database as well as by the rules of the pages.

The rules of `assessment.domain`, `assessment.duties`, `identity.domain` and
`improvement.verification` say it first and in words for people. This refuses it to whoever
writes into the database by another way.
"""

from __future__ import annotations

from accredit.audit.guard import Guard

_SCORED = (
    "EXISTS (SELECT 1 FROM {table} WHERE {table}.assessment_id = NEW.assessment_id "
    "AND {table}.person_id = NEW.{person}{more})"
)
_EVER_SCORED = (
    "EXISTS (SELECT 1 FROM event WHERE event.subject_type = 'assessment' "
    "AND event.subject_id = CAST(NEW.assessment_id AS TEXT) "
    "AND event.action = 'score.set' AND event.person_id = NEW.{person})"
)
_OPENED = "(SELECT opened_by_id FROM assessment WHERE id = NEW.assessment_id) = NEW.{person}"
#: That the person is contributor or leader of the assessed department now.
_WORKS_THERE = (
    "EXISTS (SELECT 1 FROM role_assignment held "
    "JOIN assessment ON assessment.id = NEW.assessment_id "
    "JOIN department ON department.id = assessment.department_id "
    "WHERE held.person_id = NEW.{person} AND held.ended_at IS NULL "
    "AND held.role IN ('contributor', 'leader') "
    "AND (held.organisation_id IS NULL OR held.organisation_id = department.organisation_id) "
    "AND (held.department_id IS NULL OR held.department_id = department.id))"
)
#: That the person declared a tie to the assessed department that counts on the day of the act.
_TIED = (
    "EXISTS (SELECT 1 FROM declared_interest tie "
    "JOIN assessment ON assessment.id = NEW.assessment_id "
    "JOIN department ON department.id = assessment.department_id "
    "WHERE tie.person_id = NEW.{person} AND tie.set_aside_at IS NULL "
    "AND tie.organisation_id = department.organisation_id "
    "AND (tie.department_id IS NULL OR tie.department_id = department.id) "
    "AND (tie.blocks_until IS NULL "
    "OR CAST(tie.blocks_until AS TEXT) >= substr(CAST(NEW.{at} AS TEXT), 1, 10)))"
)
_JUDGING = "NEW.stage IN ('individual', 'agreed')"


def _wrote(person: str, *stages: str) -> str:
    """That the person of the new row has such a score in its assessment, also one set aside."""
    listed = ", ".join(f"'{stage}'" for stage in stages)
    found = (
        _SCORED.format(table=table, person=person, more=f" AND {table}.stage IN ({listed})")
        for table in ("score", "score_set_aside")
    )
    return f"({' OR '.join(found)})"


def _wrote_anything(person: str) -> str:
    """That the person ever scored in the assessment: the trail remembers what was replaced."""
    now = _SCORED.format(table="score", person=person, more="")
    return f"({now} OR {_EVER_SCORED.format(person=person)})"


#: The columns that say whose score it is, of what and in which part.
_SCORE = ("assessment_id", "stage", "person_id")

#: (what is refused, under which condition, why) of a new score, and of one that changes hands.
_SCORES = (
    (
        "_moderates_own",
        f"NEW.stage = 'agreed' AND {_wrote('person_id', 'self', 'individual')}",
        "nobody moderates their own score",
    ),
    (
        "_scores_agreed",
        f"NEW.stage <> 'agreed' AND {_wrote('person_id', 'agreed')}",
        "whoever moderates does not score",
    ),
    (
        "_judges_own_self_score",
        f"NEW.stage = 'individual' AND {_wrote('person_id', 'self')}",
        "whoever scored for the department does not judge it",
    ),
    (
        "_scores_decided",
        "EXISTS (SELECT 1 FROM decision WHERE decision.assessment_id = NEW.assessment_id "
        "AND decision.decided_by_id = NEW.person_id)",
        "whoever decided does not score",
    ),
    (
        "_opened",
        f"{_JUDGING} AND {_OPENED.format(person='person_id')}",
        "whoever opened it does not judge",
    ),
    (
        "_of_department",
        f"{_JUDGING} AND {_WORKS_THERE.format(person='person_id')}",
        "nobody judges their own department",
    ),
    (
        "_tied",
        f"{_JUDGING} AND {_TIED.format(person='person_id', at='scored_at')}",
        "nobody judges where they declared a tie",
    ),
)

_DUTIES = (
    ("_own", "NEW.assigned_by_id = NEW.person_id", "nobody gives themselves a duty"),
    ("_opened", _OPENED.format(person="person_id"), "whoever opened it does not judge"),
    (
        "_of_department",
        _WORKS_THERE.format(person="person_id"),
        "nobody judges their own department",
    ),
    (
        "_tied",
        _TIED.format(person="person_id", at="assigned_at"),
        "nobody judges where they declared a tie",
    ),
    (
        "_decides_own",
        f"NEW.role = 'decision_maker' AND {_wrote_anything('person_id')}",
        "nobody decides over what they scored",
    ),
    (
        "_moderates_own",
        f"NEW.role = 'moderator' AND {_wrote('person_id', 'self', 'individual')}",
        "nobody moderates their own score",
    ),
    (
        "_scores_other",
        f"NEW.role = 'assessor' AND {_wrote('person_id', 'self', 'agreed')}",
        "nobody has two parts in an assessment",
    ),
)

_DECISIONS = (
    ("_own", _wrote_anything("decided_by_id"), "nobody decides over what they scored"),
    ("_opened", _OPENED.format(person="decided_by_id"), "whoever opened it does not decide"),
    (
        "_of_department",
        _WORKS_THERE.format(person="decided_by_id"),
        "nobody decides over their own department",
    ),
    (
        "_tied",
        _TIED.format(person="decided_by_id", at="decided_at"),
        "nobody decides where they declared a tie",
    ),
)

_WAS_DONE = "OLD.status IN ('done', 'verified') AND NEW.status IN ('done', 'verified')"

#: Of an improvement action, new or changed.
_ACTIONS = (
    (
        "_verifies_own",
        "NEW.status = 'verified' AND (NEW.verified_by_id IS NULL "
        "OR NEW.verified_by_id = NEW.owner_id OR NEW.verified_by_id = NEW.finished_by_id)",
        "nobody verifies their own action",
    ),
)

#: What is said of an action that is done, and of one that is verified, until it is taken up again.
_PARTS = ("owner_id", "finished_by_id", "finished_on")
_FINDING = ("verified_by_id", "verified_on", "verified_verdict", "verified_note")

#: A role or a duty is given and ended; it never becomes another one.
_ROLE = (
    "id", "person_id", "role", "organisation_id", "department_id", "granted_by_id", "granted_at",
)  # fmt: skip
_DUTY = ("id", "assessment_id", "person_id", "role", "assigned_by_id", "assigned_at")
#: A declaration is made, and at most once each: its end is said, and it is set aside.
_TIE = ("id", "person_id", "organisation_id", "department_id", "kind", "words", "declared_at")
_TIE_ENDED = ("ended_on", "blocks_until")
_TIE_SET_ASIDE = ("set_aside_by_id", "set_aside_at", "set_aside_reason")

SEPARATION = (
    *(Guard("score", "INSERT", (), where, what, why) for what, where, why in _SCORES),
    *(Guard("score", "UPDATE", _SCORE, where, what, why) for what, where, why in _SCORES),
    *(Guard("assignment", "INSERT", (), where, what, why) for what, where, why in _DUTIES),
    Guard("assignment", "UPDATE", _DUTY),
    Guard("declared_interest", "UPDATE", _TIE),
    Guard("declared_interest", "UPDATE", _TIE_ENDED, "OLD.ended_on IS NOT NULL", "_ended"),
    Guard(
        "declared_interest", "UPDATE", _TIE_SET_ASIDE, "OLD.set_aside_at IS NOT NULL", "_set_aside"
    ),
    Guard("declared_interest", "DELETE"),
    *(Guard("decision", "INSERT", (), where, what, why) for what, where, why in _DECISIONS),
    Guard("assessment", "UPDATE", ("opened_by_id",), what="_opened_by"),
    *(Guard("improvement_action", "INSERT", (), where, what, why) for what, where, why in _ACTIONS),
    *(Guard("improvement_action", "UPDATE", (), where, what, why) for what, where, why in _ACTIONS),
    Guard(
        "improvement_action",
        "UPDATE",
        ("status",),
        "NEW.status = 'verified' AND OLD.status NOT IN ('done', 'verified')",
        "_not_done",
        "only what is done can be verified",
    ),
    Guard("improvement_action", "UPDATE", _PARTS, _WAS_DONE, "_parts"),
    Guard(
        "improvement_action",
        "UPDATE",
        _FINDING,
        "OLD.status = 'verified' AND NEW.status = 'verified'",
        "_finding",
    ),
    Guard(
        "role_assignment",
        "INSERT",
        (),
        "NEW.granted_by_id = NEW.person_id",
        "_own",
        "nobody gives themselves a role",
    ),
    Guard("role_assignment", "UPDATE", _ROLE),
    Guard("role_assignment", "UPDATE", ("ended_at",), "OLD.ended_at IS NOT NULL", "_ended"),
    Guard("role_assignment", "DELETE"),
)
