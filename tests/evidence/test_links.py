"""Linking evidence to elements: what other features build on."""

from __future__ import annotations

import pytest

from accredit.evidence.domain import AlreadyLinkedError, PlaceError, WithdrawnError
from accredit.evidence.library import list_choosable
from accredit.evidence.models import Evidence
from accredit.evidence.service import (
    count_links,
    find_link,
    link_evidence,
    links_by_element,
    links_of_element,
    unlink_evidence,
    withdraw_evidence,
)
from tests.assessments import open_small
from tests.evidence.conftest import AT, pdf
from tests.queries import count_queries


@pytest.fixture
def assessment(arrange, cast) -> int:
    with arrange() as session:
        return open_small(session, cast).id


def use(session, cast, number: int, assessment: int, code: str = "1.1", place: str = ""):
    return link_evidence(
        session,
        session.get(Evidence, number),
        assessment_id=assessment,
        element_code=code,
        place=place,
        by=cast.contributor.id,
        at=AT,
    )


def withdraw(session, cast, number: int) -> None:
    withdraw_evidence(
        session, session.get(Evidence, number), reason="wrong", by=cast.leader.id, at=AT
    )


def test_a_link_says_where_in_the_file_and_leaves_an_event(arrange, cast, put, assessment, events):
    number = put()
    with arrange() as session:
        made = use(session, cast, number, assessment, place=" page  4 ")
        assert (made.place, made.linked_by_id) == ("page 4", cast.contributor.id)
    ((subject, by, details),) = events("evidence.linked")
    assert (subject, by) == (str(number), cast.contributor.id)
    assert details == {"assessment": assessment, "element": "1.1", "place": "page 4"}


def test_the_same_evidence_supports_an_element_once_and_others_too(arrange, cast, put, assessment):
    number = put()
    with arrange() as session:
        use(session, cast, number, assessment)
        use(session, cast, number, assessment, "1.2")
        with pytest.raises(AlreadyLinkedError):
            use(session, cast, number, assessment)
        assert count_links(session, assessment) == {"1.1": 1, "1.2": 1}


def test_a_long_place_is_refused(arrange, cast, put, assessment):
    number = put()
    with arrange() as session, pytest.raises(PlaceError):
        use(session, cast, number, assessment, place="x" * 201)


def test_withdrawn_evidence_is_linked_no_more_and_counts_no_more(arrange, cast, put, assessment):
    gone, kept = put("a.pdf"), put("b.pdf", pdf(2))
    with arrange() as session:
        use(session, cast, gone, assessment)
        use(session, cast, kept, assessment)
        withdraw(session, cast, gone)
        with pytest.raises(WithdrawnError):
            use(session, cast, gone, assessment, "1.2")
        assert count_links(session, assessment) == {"1.1": 1}
        shown = links_by_element(session, assessment)["1.1"]
        assert [(link.evidence_id, link.evidence.is_withdrawn) for link in shown] == [
            (gone, True),
            (kept, False),
        ]
        assert [item.id for item in list_choosable(session, cast.licensing)] == [kept]


def test_unlinking_leaves_the_evidence_and_an_event(arrange, cast, put, assessment, events):
    number = put()
    with arrange() as session:
        link = use(session, cast, number, assessment, place="page 4")
        unlink_evidence(session, link, by=cast.leader.id, at=AT)
        assert links_by_element(session, assessment) == {}
        assert session.get(Evidence, number).links == []
    ((_subject, by, details),) = events("evidence.unlinked")
    assert (by, details["element"], details["place"]) == (cast.leader.id, "1.1", "page 4")


def test_a_link_is_found_within_its_own_assessment_only(arrange, cast, put, assessment):
    number = put()
    with arrange() as session:
        link = use(session, cast, number, assessment)
        assert find_link(session, assessment, link.id).evidence_id == number
        assert find_link(session, assessment + 1, link.id) is None
        assert [one.id for one in links_of_element(session, assessment, "1.1")] == [link.id]
        assert links_of_element(session, assessment, "1.2") == []


def test_reading_all_links_costs_the_same_for_one_and_for_many(app, arrange, cast, put, assessment):
    def cost() -> int:
        with arrange() as session, count_queries(app) as statements:
            for links in links_by_element(session, assessment).values():
                for link in links:
                    assert link.evidence.current.uploaded_by.name.en
                    assert link.linked_by.name.en
                    assert link.evidence.department.name.en
        return len(statements)

    first = put("a.pdf")
    with arrange() as session:
        use(session, cast, first, assessment)
    few = cost()
    for number in range(1, 12):
        evidence = put(
            f"{number}.pdf", pdf(number), by=(cast.contributor, cast.leader)[number % 2].id
        )
        with arrange() as session:
            for code in ("1.1", "2.1"):
                use(session, cast, evidence, assessment, code)
    assert cost() == few
