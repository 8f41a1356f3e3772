"""/assessments/<id>/elements/<code>: the page where elements are scored, agreed, evidenced."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accredit import audit
from accredit.assessment.domain import CONFIRMED, Stage
from accredit.assessment.models import Score
from accredit.evidence.models import EvidenceLink
from tests.assessments import CODES, FILE, REASONS, add_evidence, open_small, walk_to
from tests.queries import count_queries, writes

REASON = "The register shows every promise, sheet 3."


@pytest.fixture
def at(arrange, cast):
    """`at(stage)`: the address of a new assessment walked there."""

    def make(stage, *args, **options):
        with arrange() as session:
            return f"/assessments/{walk_to(session, cast, stage, *args, **options).id}"

    return make


def scores(arrange):
    with arrange() as session:
        rows = session.scalars(select(Score).order_by(Score.id))
        return [(row.element_code, row.stage, row.person_id, row.level, row.reason) for row in rows]


def sent(level="good", reason=REASON, version="", go=""):
    return {"level": level, "reason": reason, "version": version, "go": go}


def test_it_shows_the_rubric_with_the_required_level_and_what_is_expected(browse, cast, at):
    page = browse(cast.contributor).get(f"{at(Stage.SELF_ASSESSMENT)}/elements/1.1")
    for words in (
        "Published promise",
        "The promise of each service is published.",
        "Half of the services have one.",
        "Required level",
        "The published promise.",
        "At least 1",
        "not older than 24 months",
    ):
        assert words in page.text
    assert page.tree.xpath("//input[@name='level']/@data-level-key") == ["1", "2", "3", "4", "5"]
    assert page.tree.xpath("//*[@data-key='j']/@href") == [
        page.tree.xpath("//*[@data-key='n']/@href")[0]
    ]


def test_it_saves_and_goes_to_the_next_open_element(browse, cast, arrange, at):
    base = at(Stage.SELF_ASSESSMENT)
    contributor = browse(cast.contributor)
    answer = contributor.post(f"{base}/elements/1.1/score", sent(go="1.2"))
    assert (answer.status, answer.location) == (303, f"{base}/elements/1.2?saved=1.1")
    assert "Element 1.1 saved." in contributor.get(answer.location).text
    assert "saved." not in contributor.get(f"{base}/elements/1.2?saved=2.1").text
    assert scores(arrange) == [("1.1", "self", cast.contributor.id, "good", REASON)]
    page = contributor.get(f"{base}/elements/1.1")
    assert "by Omar Rashid" in page.text
    form = page.values("/score")
    assert (form["level"], form["version"], form["reason"].strip()) == ("good", "1", REASON)
    with arrange() as session:
        query = select(audit.Event).where(audit.Event.action == "score.set")
        assert session.scalars(query).one().person_id == cast.contributor.id


@pytest.mark.parametrize(
    ("level", "complaint"), [("", "Choose a level."), ("superb", "Choose one of the levels.")]
)
def test_a_score_without_a_level_is_refused_with_one_reason(
    browse, cast, arrange, at, level, complaint
):
    base = at(Stage.SELF_ASSESSMENT)
    page = browse(cast.contributor).post(f"{base}/elements/1.1/score", sent(level))
    assert page.status == 422
    summary = page.tree.xpath("//*[contains(@class, 'error-summary')]//li")
    assert [item.text_content() for item in summary] == [complaint]
    assert page.values("/score")["reason"].strip() == REASON
    assert scores(arrange) == []


@pytest.mark.parametrize("go", ["9.9", "https://example.org/", "//example.org"])
def test_it_goes_nowhere_else(browse, cast, at, go):
    base = at(Stage.SELF_ASSESSMENT)
    answer = browse(cast.contributor).post(f"{base}/elements/1.1/score", sent(go=go))
    assert answer.location == f"{base}/elements/1.1?saved=1.1"


@pytest.mark.parametrize(
    "wrong",
    [sent(level=""), sent(level="splendid"), sent(reason="short"), sent(reason="x" * 4001)],
)
def test_bad_input_is_named_and_what_was_typed_stays(browse, cast, arrange, at, wrong):
    base = at(Stage.SELF_ASSESSMENT)
    page = browse(cast.contributor).post(f"{base}/elements/1.1/score", wrong)
    assert page.status == 422
    assert page.error_texts()
    form = page.values("/score")
    assert form["reason"].strip() == wrong["reason"]
    if wrong["level"] == "good":
        assert form["level"] == "good"
    assert scores(arrange) == []


def test_what_was_typed_is_shown_as_text_never_as_markup(browse, cast, at):
    base = at(Stage.SELF_ASSESSMENT)
    hostile = "<script>alert(1)</script> \u202e reversed"
    contributor = browse(cast.contributor)
    contributor.post(f"{base}/elements/1.1/score", sent(reason=hostile))
    page = contributor.get(f"{base}/elements/1.1")
    assert b"<script>alert(1)" not in page.body
    assert "<script>alert(1)</script>" in page.values("/score")["reason"]


def test_two_people_in_conflict_see_both_texts_and_lose_nothing(browse, cast, arrange, at):
    base = at(Stage.SELF_ASSESSMENT)
    contributor, leader = browse(cast.contributor), browse(cast.leader)
    contributor.post(f"{base}/elements/1.1/score", sent())
    mine = "الورقة الثالثة تعرض نصف التعهدات فقط."
    page = leader.post(f"{base}/elements/1.1/score", sent("partial", mine))
    assert page.status == 409
    assert REASON in page.text
    assert mine in page.text
    assert "Omar Rashid" in page.text
    form = page.values("/score")
    assert (form["level"], form["reason"].strip(), form["version"]) == ("partial", mine, "1")
    assert scores(arrange) == [("1.1", "self", cast.contributor.id, "good", REASON)]
    assert leader.post(f"{base}/elements/1.1/score", form).status == 303
    assert scores(arrange) == [("1.1", "self", cast.leader.id, "partial", mine)]


def test_the_conflict_in_arabic(browse, cast, at):
    base = at(Stage.SELF_ASSESSMENT)
    browse(cast.contributor).post(f"{base}/elements/1.1/score", sent())
    page = browse(cast.leader, "ar").post(f"{base}/elements/1.1/score", sent("partial"))
    assert page.status == 409
    assert page.lang == ("ar", "rtl")
    assert "تغيّرت هذه الدرجة أثناء عملك" in page.text
    assert "changed" not in page.text


@pytest.mark.parametrize("version", ["", "7", "x", "١"])
def test_any_other_version_is_a_conflict(browse, cast, at, version):
    base = at(Stage.SELF_ASSESSMENT)
    contributor = browse(cast.contributor)
    contributor.post(f"{base}/elements/1.1/score", sent())
    again = sent("partial", version=version)
    assert contributor.post(f"{base}/elements/1.1/score", again).status == 409


def test_a_stage_that_moved_on_keeps_the_text_in_the_form(browse, cast, arrange, at):
    base = at(Stage.MODERATION)
    page = browse(cast.assessor).post(f"{base}/elements/1.1/score", sent("absent", version="1"))
    assert page.status == 409
    assert page.values("/score")["reason"].strip() == REASON
    assert ("1.1", "individual", cast.assessor.id, "good", REASONS["assessor"]) in scores(arrange)


def test_an_assessor_scores_alone(browse, cast, arrange, at):
    base = at(Stage.SCORING)
    for who in ("assessor", "second_assessor"):
        answer = browse(getattr(cast, who)).post(f"{base}/elements/1.1/score", sent())
        assert answer.status == 303
    kinds = [row[1] for row in scores(arrange)]
    assert kinds == ["self"] * 4 + ["individual"] * 2


def test_a_moderator_confirms_with_one_press(browse, cast, arrange, at):
    base = at(Stage.MODERATION)
    moderator = browse(cast.moderator)
    page = moderator.get(f"{base}/elements/1.1")
    assert REASONS["assessor"] in page.text
    assert REASONS["second_assessor"] in page.text
    form = page.values("/agree")
    assert form["level"] == "good"
    assert moderator.post(f"{base}/elements/1.1/agree", form).status == 303
    assert scores(arrange)[-1] == ("1.1", "agreed", cast.moderator.id, "good", CONFIRMED)


def test_a_moderator_decides_with_a_reason_where_assessors_differ(browse, cast, at):
    base = at(Stage.MODERATION, second_levels={"1.2": "absent"})
    moderator = browse(cast.moderator)
    page = moderator.get(f"{base}/elements/1.2")
    assert "The assessors differ" in page.text
    url = f"{base}/elements/1.2/agree"
    assert moderator.post(url, sent("partial", "")).status == 422
    assert moderator.post(url, sent("partial", "One of two services shows it.")).status == 303


def test_the_products_own_sentence_is_translated(browse, cast, at):
    base = at(Stage.MODERATION)
    moderator = browse(cast.moderator, "ar")
    moderator.post(f"{base}/moderation/confirm-all")
    moderator.post(f"{base}/moderation/submit")
    page = browse(cast.decision_maker, "ar").get(f"{base}/elements/1.1")
    assert "ثُبِّت لأن المُقيِّمين جميعًا منحوا هذا المستوى." in page.text
    assert CONFIRMED not in page.text


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("who", ["leader", "assessor", "moderator", "observer"])
def test_it_reads_in_arabic_without_an_english_word_of_ours(browse, cast, at, stage, who):
    page = browse(getattr(cast, who), "ar").get(f"{at(stage)}/elements/2.1")
    if page.status == 404:
        assert stage is Stage.SET_UP
        return
    assert page.lang == ("ar", "rtl")
    assert "الرد على الشكاوى" in page.text
    for word in ("Which level", "Evidence", "Save", "Level", "Elements", "Reason", "month"):
        assert word not in page.text


def test_evidence_of_the_library_is_linked_and_unlinked(browse, cast, arrange, at):
    base = at(Stage.SELF_ASSESSMENT)
    with arrange() as session:
        evidence = add_evidence(session, cast, title="محضر الاجتماع الثالث").id
    contributor = browse(cast.contributor)
    assert "محضر الاجتماع الثالث" in contributor.get(f"{base}/elements/1.1").text
    data = {"evidence_id": evidence, "place": "ص 3"}
    assert contributor.post(f"{base}/elements/1.1/evidence", data).status == 303
    page = contributor.get(f"{base}/elements/1.1")
    assert "ص 3" in page.text
    assert not page.has_field("evidence_id"), "what is linked is not offered again"
    assert contributor.post(f"{base}/elements/1.1/evidence", data).status == 422
    with arrange() as session:
        link = session.scalars(select(EvidenceLink)).one()
        assert (link.element_code, link.place) == ("1.1", "ص 3")
        link_id = link.id
    assert contributor.post(f"{base}/evidence/{link_id}/remove").status == 303
    with arrange() as session:
        assert session.scalars(select(EvidenceLink)).all() == []


def test_several_files_just_uploaded_are_linked_at_once(browse, cast, arrange, at):
    base = at(Stage.SELF_ASSESSMENT)
    with arrange() as session:
        ids = [add_evidence(session, cast, title=f"File {n}").id for n in range(3)]
    contributor = browse(cast.contributor)
    page = contributor.get(f"{base}/elements/1.1?evidence={ids[0]}&evidence={ids[2]}&evidence=x")
    assert "Uploaded just now" in page.text
    chosen = {"evidence_id": [ids[0], ids[2]]}
    assert contributor.post(f"{base}/elements/1.1/evidence", chosen).status == 303
    with arrange() as session:
        linked = session.scalars(select(EvidenceLink.evidence_id).order_by(EvidenceLink.id))
        assert list(linked) == [ids[0], ids[2]]


@pytest.mark.parametrize("data", [{}, {"evidence_id": ""}, {"evidence_id": "x"}])
def test_linking_nothing_is_refused(browse, cast, arrange, at, data):
    base = at(Stage.SELF_ASSESSMENT)
    with arrange() as session:
        add_evidence(session, cast)
    page = browse(cast.contributor).post(f"{base}/elements/1.1/evidence", data)
    assert page.status == 422
    assert "Choose a piece of evidence." in page.text


def test_evidence_of_another_department_is_not_found(browse, cast, arrange, at):
    base = at(Stage.SELF_ASSESSMENT)
    with arrange() as session:
        foreign = add_evidence(session, cast, department_id=cast.contact_centre).id
    data = {"evidence_id": foreign}
    assert browse(cast.leader).post(f"{base}/elements/1.1/evidence", data).status == 404


def test_an_assessor_downloads_linked_evidence_under_its_own_name(
    app, browse, cast, arrange, at, world
):
    base = at(Stage.SCORING)
    with arrange() as session:
        link = session.scalars(select(EvidenceLink)).first()
        digest, link_id = link.evidence.versions[0].sha256, link.id
    folder = world.settings.evidence_dir / digest[:2]
    folder.mkdir(parents=True)
    (folder / digest[2:]).write_bytes(FILE)
    answer = browse(cast.assessor).get(f"{base}/evidence/{link_id}/file")
    assert (answer.status, answer.body) == (200, FILE)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "%D8%B3%D8%AC%D9%84" in answer.headers["Content-Disposition"]
    assert browse(cast.stranger_leader).get(f"{base}/evidence/{link_id}/file").status == 404
    assert browse(cast.contact_leader).get(f"{base}/evidence/{link_id}/file").status == 404


def test_a_link_of_another_assessment_is_not_found(browse, cast, arrange, at):
    at(Stage.SCORING, cycle="2025")
    other = at(Stage.SELF_ASSESSMENT)
    with arrange() as session:
        link_id = session.scalars(select(EvidenceLink.id)).first()
    leader = browse(cast.leader)
    assert leader.get(f"{other}/evidence/{link_id}/file").status == 404
    assert leader.post(f"{other}/evidence/{link_id}/remove").status == 404


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("observer", "elements/1.1/score", 403),
        ("moderator", "elements/1.1/score", 403),
        ("programme_manager", "elements/1.1/score", 403),
        ("leader", "elements/1.1/agree", 403),
        ("assessor", "elements/1.1/agree", 403),
        ("assessor", "elements/1.1/evidence", 403),
        ("observer", "elements/1.1/evidence", 403),
        ("stranger_leader", "elements/1.1/score", 404),
        ("contact_leader", "elements/1.1/evidence", 404),
        ("leader", "elements/9.9/score", 404),
        ("leader", "elements/9.9/evidence", 404),
    ],
)
def test_only_those_whose_part_it_is_may_write(browse, cast, arrange, at, who, path, status):
    base = at(Stage.SELF_ASSESSMENT)
    answer = browse(getattr(cast, who)).post(f"{base}/{path}", sent() | {"evidence_id": 1})
    assert answer.status == status
    assert scores(arrange) == []


def test_an_element_the_standard_does_not_have_is_404(browse, cast, at):
    assert browse(cast.leader).get(f"{at(Stage.SCORING)}/elements/7.7").status == 404


def test_saving_one_score_asks_little_and_the_same_among_many_assessments(
    app, browse, cast, arrange, at
):
    base = at(Stage.SCORING)
    assessor = browse(cast.assessor)
    assessor.post(f"{base}/elements/1.1/score", sent())
    with count_queries(app) as few:
        assessor.post(f"{base}/elements/1.2/score", sent())
    with arrange() as session:
        for _ in range(30):
            open_small(session, cast)
        walk_to(session, cast, Stage.CLOSED, cycle="2024")
    with count_queries(app) as many:
        assert assessor.post(f"{base}/elements/2.1/score", sent()).status == 303
    assert len(many) == len(few)
    assert len(many) <= 7, many
    assert [statement.split()[2] for statement in writes(many)] == ["score", "event"]


@pytest.mark.parametrize(
    ("stage", "who"),
    [
        (Stage.SELF_ASSESSMENT, "contributor"),
        (Stage.SCORING, "assessor"),
        (Stage.MODERATION, "moderator"),
        (Stage.CLOSED, "leader"),
    ],
)
def test_its_queries_do_not_grow(app, browse, cast, arrange, at, stage, who):
    base = at(stage)
    with arrange() as session:
        add_evidence(session, cast)
    person = browse(getattr(cast, who))
    person.get(f"{base}/elements/1.1")
    with count_queries(app) as few:
        person.get(f"{base}/elements/1.1")
    with arrange() as session:
        for number in range(30):
            open_small(session, cast)
            add_evidence(session, cast, title=f"Minutes {number}")
    with count_queries(app) as many:
        assert person.get(f"{base}/elements/1.1").status == 200
    assert len(many) == len(few) <= 12
    assert writes(many) == []


def test_every_element_has_its_page(browse, cast, at):
    base = at(Stage.SCORING)
    for code in CODES:
        assert browse(cast.assessor).get(f"{base}/elements/{code}").status == 200
