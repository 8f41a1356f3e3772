"""The reviewed table of roles and permissions, printed for whoever reviews it."""

from __future__ import annotations

from pathlib import Path

from accredit.identity.domain import POLICY, Permission, Role

#: The table as it was last reviewed. A change of rights shows there as a change of its lines.
REVIEWED = Path(__file__).with_name("permissions.txt").read_text()


def table() -> str:
    """Permission by role: a mark where the role carries it."""
    width = max(len(permission) for permission in Permission)
    head = " " * width + "  " + "  ".join(role.value for role in Role)
    lines = [head]
    for permission in Permission:
        marks = [
            ("x" if role in POLICY[permission] else "·").center(len(role.value)) for role in Role
        ]
        lines.append(f"{permission.value.ljust(width)}  {'  '.join(marks)}".rstrip())
    return "\n".join(lines)


def test_the_table_of_roles_and_permissions_is_the_reviewed_one():
    print(table())
    assert table() == REVIEWED.rstrip("\n")


def test_every_permission_is_in_the_table_and_every_role_may_do_something():
    assert set(POLICY) == set(Permission)
    for role in Role:
        assert any(role in roles for roles in POLICY.values())


def test_who_judges_prepares_nothing_and_who_administers_judges_nothing():
    judging = {Permission.SCORE, Permission.MODERATE, Permission.DECIDE}
    for permission in judging:
        assert len(POLICY[permission]) == 1
    holders = [next(iter(POLICY[permission])) for permission in judging]
    assert len(set(holders)) == 3
    preparing = {
        Permission.SELF_SCORE, Permission.SUBMIT_SELF_ASSESSMENT, Permission.UPLOAD_EVIDENCE,
        Permission.OPEN_ASSESSMENT, Permission.MANAGE_PEOPLE, Permission.MANAGE_PLAN,
        Permission.IMPORT_KPI, Permission.MANAGE_STANDARDS, Permission.MANAGE_ORGANISATIONS,
    }  # fmt: skip
    for permission in preparing:
        assert POLICY[permission].isdisjoint(holders), permission
    for permission in judging | {Permission.VIEW_ASSESSMENT, Permission.VIEW_EVIDENCE}:
        assert Role.ADMINISTRATOR not in POLICY[permission]
    for permission in Permission:
        if Role.OBSERVER in POLICY[permission]:
            assert permission is Permission.USE or permission.startswith("view_")
