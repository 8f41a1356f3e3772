"""Managers upload a standard, see its errors by line, what it changes, and publish it."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import select

from accredit.audit import Event
from accredit.standard.file.yaml_tree import MAX_BYTES
from accredit.standard.models import StandardDraft, StandardVersion
from accredit.standard.uploads import UnreadableFileError, read_upload
from accredit.standard.workbook.exporting import to_workbook
from tests.assessments import open_small, publish_small
from tests.making_versions import REWEIGHTED, REWORDED, newer, text_of
from tests.standard.test_life import RIGHT, WRONG

MANAGERS = ("programme_manager", "administrator")


def sent(text: str | bytes, name: str = "small.yaml", **fields: str) -> dict[str, object]:
    content = text if isinstance(text, bytes) else text.encode()
    return {"file": (BytesIO(content), name), **fields}


@pytest.fixture
def first(arrange):
    """The first version, published."""
    with arrange() as session:
        return publish_small(session).id


@pytest.fixture
def manager(browse, cast):
    return browse(cast.programme_manager)


def uploaded(manager, *changes, **options):
    answer = manager.post("/standards/new", sent(text_of(*changes) + options.get("examples", "")))
    assert answer.status == 303, answer.text
    return answer.location


def stored(arrange, model):
    with arrange() as session:
        return session.scalars(select(model)).all()


@pytest.mark.parametrize("who", MANAGERS)
def test_managers_find_the_way_to_upload(browse, cast, who):
    assert "/standards/new" in browse(getattr(cast, who)).get("/standards/").links()


@pytest.mark.parametrize("who", ["leader", "assessor", "decision_maker", "observer", "nobody"])
def test_nobody_else_sees_drafts_or_uploads(browse, cast, manager, first, who):
    draft = uploaded(manager, REWORDED)
    person = browse(getattr(cast, who))
    listing = person.get("/standards/")
    assert "/standards/new" not in listing.links()
    assert draft not in listing.links()
    for url in ("/standards/new", draft, f"{draft}/publish", f"{draft}/replace", f"{draft}/file"):
        assert person.get(url).status == 403
    for url in ("/standards/new", f"{draft}/publish", f"{draft}/replace", f"{draft}/discard"):
        assert person.post(url, {}).status == 403


def test_a_sound_file_becomes_a_draft_that_shows_what_it_changes(manager, first, arrange):
    page = manager.get(uploaded(manager, REWORDED, REWEIGHTED))
    assert "What changes from version 1.0" in page.text
    assert "1.1 Published promise" in page.text
    (removed,) = page.tree.xpath("//del[contains(., 'Half')]")
    (added,) = page.tree.xpath("//ins[contains(., 'Two thirds')]")
    assert removed.text_content().endswith("Half")
    assert added.text_content().endswith("Two thirds")
    (weight,) = page.tree.xpath("//li[contains(., 'Weight')]")
    assert [part.text_content() for part in weight.xpath("./del | ./ins")] == ["2", "4"]
    assert len(stored(arrange, StandardVersion)) == 1


def test_every_error_is_shown_with_its_line_and_nothing_is_stored(manager, arrange):
    text = text_of(("weight: 3", "weight: three"), ("required: partial", "required: perfect"))
    answer = manager.post("/standards/new", sent(text))
    assert answer.status == 422
    lines = text.splitlines()
    for wrong in ("weight: three", "required: perfect"):
        number = next(at for at, line in enumerate(lines, 1) if wrong in line)
        assert f"small.yaml:{number}:" in answer.text
        assert wrong in answer.text
    assert "2 errors in the file" in answer.text
    assert stored(arrange, StandardDraft) == []


def test_the_errors_are_told_in_the_readers_language(browse, cast):
    text = text_of(("weight: 3", "wieght: 3"))
    answer = browse(cast.programme_manager, "ar").post("/standards/new", sent(text))
    assert answer.status == 422
    assert "المفتاح «wieght» غير معروف" in answer.text


def test_a_kpi_that_the_product_does_not_know_is_an_error(manager):
    answer = manager.post(
        "/standards/new", sent(text_of(("kpis: [csat, nps,", "kpis: [joy, nps,")))
    )
    assert answer.status == 422
    assert "joy" in answer.text


def test_hostile_content_is_shown_and_not_run(manager):
    text = text_of(("weight: 3", "weight: <script>alert(1)</script>"))
    answer = manager.post("/standards/new", sent(text))
    assert answer.status == 422
    assert "<script>alert(1)" not in answer.body.decode()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "small.yaml", "the file is empty"),
        (b"\xff\xfe", "small.yaml", "not UTF-8"),
        (b"a: b", "small.docx", "Choose a"),
    ],
)
def test_a_file_that_holds_no_standard_is_refused_in_words(manager, arrange, content, name, words):
    answer = manager.post("/standards/new", sent(content, name))
    assert answer.status == 422
    assert words in answer.text
    assert stored(arrange, StandardDraft) == []


def test_a_file_above_the_limit_is_refused_before_it_is_read():
    with pytest.raises(UnreadableFileError, match="larger than 1 MB"):
        read_upload("small.yaml", b"#" * (MAX_BYTES + 1), ())


def test_nothing_chosen_is_told_beside_the_field(manager):
    answer = manager.post("/standards/new", {"file": (BytesIO(b""), "")})
    assert answer.status == 422
    assert "Choose the file of the standard." in answer.error_texts()


def test_a_version_that_is_published_is_not_uploaded_again(manager, first):
    answer = manager.post("/standards/new", sent(text_of(REWORDED, version="1.0")))
    assert answer.status == 422
    assert "is already published" in answer.error_texts()


def test_a_version_that_has_a_draft_leads_to_it(manager, first):
    draft = uploaded(manager, REWORDED)
    answer = manager.post("/standards/new", sent(text_of(REWEIGHTED)))
    assert answer.status == 422
    assert draft in answer.links()


def test_a_draft_is_read_like_a_published_standard(manager, first):
    page = manager.get(f"{uploaded(manager, REWORDED)}?show=text")
    assert "Two thirds of the services have one." in page.text
    assert page.tree.xpath("//*[@id='element-2.2']")


def test_the_examples_of_a_draft_stand_beside_what_comes_out(manager):
    page = manager.get(f"{uploaded(manager, examples=WRONG)}?show=examples")
    rows = page.tree.xpath("//table[@id='example-results']/tbody/tr")
    told = [" ".join(row.text_content().split()) for row in rows]
    assert "Accredited Accredited Right" in told[0]
    assert "Total 76% 75% Wrong" in told[1]


def test_a_wrong_example_takes_the_button_away_and_holds_without_it(manager, arrange):
    draft = uploaded(manager, examples=WRONG)
    page = manager.get(f"{draft}/publish")
    assert "It cannot be published yet" in page.text
    assert not page.has_field("sha256")
    (row,) = stored(arrange, StandardDraft)
    answer = manager.post(f"{draft}/publish", {"sha256": row.sha256, "compared_with": ""})
    assert answer.status == 409
    assert "expected 76%, found 75%" in answer.text
    assert stored(arrange, StandardVersion) == []


def test_publishing_asks_shows_and_then_is_for_good(manager, first, arrange):
    draft = uploaded(manager, REWORDED, examples=RIGHT)
    page = manager.get(f"{draft}/publish")
    assert "Publish Small service standard, version 2.0?" in page.text
    assert "What changes from version 1.0" in page.text
    assert "It can be published" in page.text
    assert len(stored(arrange, StandardVersion)) == 1
    answer = manager.post(f"{draft}/publish", page.values("/publish"))
    assert answer.status == 303
    book = manager.get(answer.location)
    assert "Two thirds of the services have one." in book.text
    assert manager.get(draft).status == 404
    again = manager.post(f"{draft}/publish", page.values("/publish"))
    assert again.status == 404
    assert len(stored(arrange, StandardVersion)) == 2


def test_a_draft_replaced_in_another_tab_is_not_published_unread(manager, first, arrange):
    draft = uploaded(manager, REWORDED)
    read = manager.get(f"{draft}/publish").values("/publish")
    form = manager.get(f"{draft}/replace").values("/replace")
    replaced = manager.post(
        f"{draft}/replace", sent(text_of(REWEIGHTED), revision=form["revision"])
    )
    assert replaced.status == 303
    answer = manager.post(f"{draft}/publish", read)
    assert answer.status == 409
    assert "changed while you were reading" in answer.text
    assert len(stored(arrange, StandardVersion)) == 1


def test_a_file_with_errors_does_not_replace_a_draft(manager, first, arrange):
    draft = uploaded(manager, REWORDED)
    form = manager.get(f"{draft}/replace").values("/replace")
    bad = text_of(("weight: 3", "weight: three"))
    assert manager.post(f"{draft}/replace", sent(bad, revision=form["revision"])).status == 422
    (row,) = stored(arrange, StandardDraft)
    assert row.sha256 == newer(REWORDED).sha256


def test_discarding_asks_and_keeps_what_is_published(manager, first, arrange):
    draft = uploaded(manager, REWORDED)
    answer = manager.post(f"{draft}/discard", manager.get(draft).values("/discard"))
    assert (answer.status, answer.location) == (303, "/standards/")
    assert stored(arrange, StandardDraft) == []
    assert len(stored(arrange, StandardVersion)) == 1
    with arrange() as session:
        last = session.scalar(select(Event.action).order_by(Event.id.desc()))
        assert last == "standard.discarded"


def test_the_uploaded_file_comes_back_as_it_was(manager, first):
    draft = uploaded(manager, REWORDED)
    answer = manager.get(f"{draft}/file")
    assert answer.body.decode() == text_of(REWORDED)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "small.yaml" in answer.headers["Content-Disposition"]


def test_the_list_tells_the_state_of_each_version_and_who_uses_it(browse, cast, manager, arrange):
    with arrange() as session:
        assessment = open_small(session, cast)
        first, used = assessment.standard_version_id, assessment.id
    draft = uploaded(manager, REWORDED)
    manager.post(f"{draft}/publish", manager.get(f"{draft}/publish").values("/publish"))
    page = manager.get("/standards/")
    cards = {
        card.xpath(".//h2//a/@href")[0]: " ".join(card.text_content().split())
        for card in page.tree.xpath("//section[contains(@class, 'card')]")
    }
    old = cards.pop(f"/standards/{first}")
    (new,) = cards.values()
    assert "Superseded" in old
    assert "Used by 1 assessment" in old
    assert "Published" in new
    assert "Used by" not in new
    assert f"/assessments/{used}" in page.links()
    # A stranger learns nothing of the assessments of others.
    assert "Used by" not in browse(cast.stranger_manager).get("/standards/").text


def test_a_superseded_version_leads_to_the_newest_and_to_what_changed(manager, first):
    draft = uploaded(manager, REWORDED)
    new = manager.post(f"{draft}/publish", manager.get(f"{draft}/publish").values("/publish"))
    page = manager.get(f"/standards/{first}")
    assert "superseded by version 2.0" in page.text
    assert new.location in page.links()
    (compare,) = [href for href in page.links() if "/compare" in href]
    shown = manager.get(compare)
    assert "From 1.0 to 2.0" in shown.text
    assert shown.tree.xpath("//ins[contains(., 'Two thirds')]")


def test_new_assessments_begin_with_the_newest_version_only(manager, first):
    draft = uploaded(manager, REWORDED)
    manager.post(f"{draft}/publish", manager.get(f"{draft}/publish").values("/publish"))
    page = manager.get("/assessments/new")
    offered = page.tree.xpath("//select[@name='standard_version_id']/option/text()")
    assert [text.strip() for text in offered] == ["Small service standard 2.0"]


def test_a_published_version_is_downloaded_and_uploaded_again_without_loss(manager, first):
    answer = manager.get(f"/standards/{first}/file/yaml")
    assert "filename=small-excellence-1.0.yaml" in answer.headers["Content-Disposition"]
    text = answer.body.decode().replace('version: "1.0"', 'version: "2.0"', 1)
    posted = manager.post("/standards/new", sent(text))
    assert posted.status == 303
    assert "Both say the same." in manager.get(posted.location).text


def test_a_kind_of_file_that_is_not_offered_is_not_there(manager, first):
    assert manager.get(f"/standards/{first}/file/exe").status == 404


def test_a_workbook_that_was_downloaded_is_uploaded_again(manager, first, arrange):
    sheet = manager.get(f"/standards/{first}/file/xlsx")
    assert "filename=small-excellence-1.0.xlsx" in sheet.headers["Content-Disposition"]
    answer = manager.post("/standards/new", sent(sheet.body, "small.xlsx"))
    # It is the version that is published; only a new one can be stored.
    assert answer.status == 422
    assert "is already published" in answer.error_texts()
    draft = uploaded(manager, REWORDED)
    again = manager.get(f"{draft}/file/xlsx").body
    form = manager.get(f"{draft}/replace").values("/replace")
    replaced = manager.post(
        f"{draft}/replace", sent(again, "small.xlsx", revision=form["revision"])
    )
    assert replaced.status == 303
    (row,) = stored(arrange, StandardDraft)
    assert (row.sha256, row.file_name) == (newer(REWORDED).sha256, "small.xlsx")


def test_a_workbook_that_is_none_is_refused_in_words(manager, arrange):
    answer = manager.post("/standards/new", sent(b"PK\x03\x04 no workbook", "small.xlsx"))
    assert answer.status == 422
    assert "1 error in the file" in answer.text
    assert stored(arrange, StandardDraft) == []


def test_a_workbook_may_not_name_a_kpi_that_the_product_does_not_know(manager):
    strange = newer(("kpis: [csat, nps,", "kpis: [joy, csat, nps,"))
    answer = manager.post("/standards/new", sent(to_workbook(strange, "en"), "small.xlsx"))
    assert answer.status == 422
    assert "joy" in answer.text
