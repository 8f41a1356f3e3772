"""The page /search: everything one may see, and nothing else."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

import pytest
from sqlalchemy import select

from accredit.assessment.domain import Stage
from accredit.assessment.linking import link_to_element
from accredit.evidence import uploading
from accredit.evidence.domain import Details, Upload
from accredit.evidence.models import Evidence
from accredit.identity.models import Department
from accredit.identity.service import load_access
from accredit.search.service import LONG, SHORT
from tests.assessments import CODES, OPENED, self_assess, walk_to
from tests.certificates import grant, store
from tests.improvement.making import promise
from tests.queries import count_queries, writes


def address(typed: str, **more: object) -> str:
    rest = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/search?q={quote(typed)}{rest}"


def found(page) -> dict[str, list[str]]:
    """The words of each line, by the kind of thing it is."""
    return {
        str(section.get("aria-labelledby")).removeprefix("found-"): [
            " ".join(link.text_content().split())
            for link in section.xpath(".//a[@class='task__title']")
        ]
        for section in page.tree.xpath("//main//section")
    }


@pytest.fixture
def put(cast, arrange, world):
    """`put("charter.txt", "What it says")`: a piece of evidence in the library."""

    def run(name: str, says: str, *, department: int | None = None, by: int | None = None) -> None:
        with arrange() as session:
            uploading.add_evidence(
                session,
                store(world.settings),
                session.get(Department, department or cast.licensing),
                [Upload(name, BytesIO(says.encode()))],
                details=Details(title=""),
                limit=1_000_000,
                by=by or cast.contributor.id,
                at=OPENED,
            )

    return run


@pytest.fixture
def programme(cast, arrange, world, put) -> str:
    """A certified department with a plan and a library; the number of its certificate."""
    with arrange() as session:
        number = grant(session, cast, store(world.settings)).number
        promise(session, cast, title="نشر ميثاق الخدمة Kestrel")
    put("Kestrel charter.txt", "Customers hear from us within a day.")
    return number


def test_it_asks_before_it_answers(browse, cast):
    page = browse(cast.leader).get("/search")

    assert page.status == 200
    assert page.has_field("q")
    assert found(page) == {}


def test_a_leader_finds_every_kind_of_thing_by_a_word(browse, cast, programme):
    page = browse(cast.leader).get(address("licensing"))
    assert found(page)["assessments"] == ["Licensing 2026"]
    assert found(page)["certificates"] == [f"{programme} Licensing"]
    assert found(page)["departments"] == ["LIC Licensing"]

    page = browse(cast.leader).get(address("kestrel"))
    assert found(page) == {
        "actions": ["نشر ميثاق الخدمة Kestrel"],
        "evidence": ["Kestrel charter"],
    }


@pytest.mark.parametrize(
    ("typed", "kind", "title"),
    [
        ("الشَكوى", "standards", "2.1 Complaints answered"),
        ("1.2", "standards", "1.2 Promise kept"),
        ("ميثاق", "actions", "نشر ميثاق الخدمة Kestrel"),
        ("للميثاق", "actions", "نشر ميثاق الخدمة Kestrel"),
        ("ادارة التراخيص", "departments", "LIC Licensing"),
        ("customers hear", "evidence", "Kestrel charter"),
        ("رضا المتعاملين", "kpis", "Customer satisfaction"),
    ],
)
def test_it_is_found_the_way_people_write(browse, cast, programme, typed, kind, title):
    page = browse(cast.leader).get(address(typed))

    assert any(line.startswith(title) for line in found(page)[kind]), found(page)


def test_a_certificate_is_found_by_a_part_of_its_number_with_or_without_dashes(
    browse, cast, programme
):
    whole = browse(cast.leader).get(address(programme.lower()))
    bare = browse(cast.leader).get(address(programme.replace("-", "")[-9:]))

    assert len(found(whole)["certificates"]) == len(found(bare)["certificates"]) == 1


def test_every_line_leads_to_a_page_that_opens(browse, cast, programme):
    for who in ("leader", "programme_manager", "administrator", "decision_maker", "assessor"):
        browser = browse(getattr(cast, who))
        for typed in ("licensing", "kestrel", "promise", "example.org", "csat"):
            page = browser.get(address(typed))
            for link in page.tree.xpath("//main//section//a/@href"):
                assert browser.get(link).status == 200, (who, typed, link)


def test_where_words_stand_in_a_file_is_shown(browse, cast, programme):
    page = browse(cast.leader).get(address("within"))

    marked = page.tree.xpath("//main//blockquote/mark/text()")
    assert marked == ["within"]


def test_a_date_among_arabic_words_keeps_its_order(browse, cast, put):
    put("سجل.txt", "وردت في 2026-01-15 إحدى الشكاوى")
    page = browse(cast.leader).get(address("الشكاوى") + "&lang=ar")
    assert page.tree.xpath("//blockquote/bdi/text()") == ["2026-01-15"]


def test_the_ending_of_an_arabic_file_name_stands_behind_it(browse, cast, put):
    put("سجل الشكاوى 2026.txt", "الشكاوى")
    page = browse(cast.leader).get(address("الشكاوى") + "&lang=ar")
    endings = page.tree.xpath("//p[@class='task__note']//bdi[@class='ending'][@dir='ltr']/text()")
    assert endings == [".txt"]


def test_a_stranger_finds_nothing_of_another_organisation(browse, cast, programme):
    for who in ("stranger_leader", "stranger_manager"):
        for typed in ("kestrel", "licensing", programme, "ميثاق", "within a day"):
            page = browse(getattr(cast, who)).get(address(typed))
            assert found(page) == {}, (who, typed)


def test_people_are_found_by_those_who_manage_them_alone(browse, cast):
    assert "people" not in found(browse(cast.leader).get(address("example.org")))
    own = found(browse(cast.programme_manager).get(address("example.org")))["people"]
    assert own
    stranger = found(browse(cast.stranger_manager).get(address("leader@example.org")))
    assert "people" not in stranger
    everybody = browse(cast.administrator).get(address("layla.leader"))
    assert len(found(everybody)["people"]) == 1


def test_who_only_judges_finds_what_was_submitted_and_nothing_before_being_assigned(
    browse, cast, arrange, put
):
    put("Kestrel register.txt", "Every promise we made.")
    with arrange() as session:
        assessment = walk_to(session, cast, Stage.SELF_ASSESSMENT, assessors=("assessor",))
        evidence = session.scalars(select(Evidence)).one()
        link_to_element(
            session,
            assessment,
            "1.2",
            evidence.id,
            place="",
            access=load_access(session, cast.contributor.id),
            at=OPENED,
        )
        self_assess(session, cast, assessment, dict.fromkeys(CODES, "good"))

    page = browse(cast.assessor).get(address("kestrel"))
    assert found(page) == {"submitted": ["1.2 Kestrel register"]}
    assert found(browse(cast.second_assessor).get(address("kestrel"))) == {}
    assert "assessments" not in found(browse(cast.second_assessor).get(address("licensing")))


def test_somebody_without_a_role_finds_the_standards_and_no_more(browse, cast, programme):
    page = browse(cast.nobody).get(address("promise"))

    assert set(found(page)) == {"standards"}


def test_the_first_few_are_shown_and_all_of_a_kind_page_by_page(browse, cast, arrange):
    with arrange() as session:
        for number in range(LONG + 3):
            promise(session, cast, title=f"Answer calls {number}")
    browser = browse(cast.leader)

    short = browser.get(address("answer calls"))
    assert len(found(short)["actions"]) == SHORT
    (more,) = [link for link in short.links() if "kind=actions" in link]
    first = browser.get(more)
    second = browser.get(f"{more}&page=2")
    lines = [len(one.tree.xpath("//main//a[@class='task__title']")) for one in (first, second)]
    assert lines == [LONG, 3]
    assert str(LONG + 3) in first.text


def test_nothing_found_says_what_to_try(browse, cast):
    page = browse(cast.leader, "ar").get(address("زززز"))

    assert page.status == 200
    assert found(page) == {}
    assert page.tree.xpath("//main//*[contains(@class, 'empty')]")


@pytest.mark.parametrize(
    "typed",
    [
        "%",
        "_",
        "\\",
        "'; DROP TABLE person; --",
        '" OR 1=1',
        "<script>alert(1)</script>",
        "\ud7ff\u202e\u2066",
        "~",
        "🏳️‍🌈",
        "ا" * 5_000,
        " ".join("abcdefghij") * 300,
        "%(num)s {0} {{ 7*7 }}",
        "\U0010ffff",
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_is_typed_is_only_words(browse, cast, programme, typed, language):
    page = browse(cast.leader, language).get(address(typed))

    assert page.status == 200
    assert "<script>alert" not in page.body.decode()
    assert "49" not in page.text


@pytest.mark.parametrize("kind", ["", "nothing", "people", "evidence", "submitted"])
@pytest.mark.parametrize("number", ["0", "-1", "999999999999999999999", "x"])
def test_a_kind_or_a_page_that_is_not_there_is_no_error(browse, cast, kind, number):
    assert browse(cast.leader).get(address("a", kind=kind, page=number)).status == 200


def test_it_reads_with_as_many_queries_however_much_there_is(app, browse, cast, arrange, put):
    browser = browse(cast.programme_manager)

    def asked() -> list[str]:
        with count_queries(app) as statements:
            assert browser.get(address("answer")).status == 200
        return statements

    with arrange() as session:
        promise(session, cast, title="Answer")
        walk_to(session, cast, Stage.SCORING)
    put("answer.txt", "answer")
    asked()
    few = asked()
    with arrange() as session:
        for number in range(8):
            promise(session, cast, title=f"Answer {number}")
        walk_to(session, cast, Stage.SCORING, cycle="2027")
    for number in range(8):
        put(f"answer {number}.txt", "the answer")
    many = asked()

    assert writes(many) == []
    assert len(many) == len(few) <= 20
