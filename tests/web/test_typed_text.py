"""What people type is taken as others read it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accredit.evidence.models import Evidence
from accredit.identity.models import Person
from accredit.web.forms import as_read
from tests.evidence.conftest import sent
from tests.evidence.files import PDF

#: Signs that show nothing, alone or together.
UNSEEN = [
    "\u200f\u200f",
    "\u200b",
    "\u2060 \ufeff",
    "\u3164",
    "\u2800\u2800",
    "\u202e\u2066",
    "\u0651",
    "\U000e0080",
]


@pytest.mark.parametrize("typed", UNSEEN)
def test_what_nobody_sees_is_nothing(typed):
    assert as_read(typed) == ""


@pytest.mark.parametrize(
    "typed",
    [
        "می\u200cخواهم",
        "ر\u200dر",
        "\u200fنعم\u200f",
        "e\u0301",
        "📄",
        "٪",
        "-",
        "",
        "a\nb",
        None,
        "\ud7ff",
        "\U0010ffff",
    ],
)
def test_what_belongs_to_writing_stays(typed):
    assert as_read(typed) == typed


@pytest.mark.block("Q", "signs that turn a name round")
@pytest.mark.parametrize(
    "sign", ["\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068"]
)
def test_no_name_is_read_backwards_as_somebody_elses(browse, cast, arrange, sign):
    form = {"name_en": f"{sign}idaaS lA animA", "name_ar": f"اسم{sign}", "language": "en"}
    assert browse(cast.contributor).post("/account", form).status == 303
    with arrange() as session:
        person = session.get(Person, cast.contributor.id)
        assert (person.name_en, person.name_ar) == ("idaaS lA animA", "اسم")


@pytest.mark.block("Q", "a name that nobody sees")
@pytest.mark.parametrize("typed", UNSEEN)
def test_nobody_has_a_name_that_is_not_seen(browse, cast, typed):
    form = {"name_en": typed, "name_ar": "اسم", "language": "en"}
    assert browse(cast.contributor).post("/account", form).status == 422


@pytest.mark.block("Q", "a reason that nobody sees")
@pytest.mark.parametrize("typed", UNSEEN)
def test_a_reason_that_is_not_seen_is_none(browse, cast, arrange, typed):
    browser = browse(cast.leader)
    data = {"title": "Register", "department": str(cast.licensing), "files": sent("a.pdf", PDF)}
    place = browser.post("/evidence/new", data).location
    assert browser.post(f"{place}/withdraw", {"reason": typed * 20}).status == 422
    with arrange() as session:
        assert session.scalar(select(Evidence.withdrawn_at).order_by(Evidence.id.desc())) is None
