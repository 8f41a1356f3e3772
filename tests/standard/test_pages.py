"""The pages under /standards: a published standard reads like a book."""

from __future__ import annotations

import pytest

from accredit.config import resource_dir
from accredit.i18n import say
from accredit.kpi.loader import service_kpis
from accredit.standard import service
from accredit.standard.file.loader import find_shipped_file, get_standard
from tests.arabic import english_words
from tests.people import START
from tests.queries import count_queries, writes


@pytest.fixture(scope="module")
def shipped():
    """The default one of the standards that ship with the product."""
    known = {kpi.id for kpi in service_kpis().kpis}
    path = find_shipped_file(resource_dir("criteria"), "service-excellence")
    assert path is not None
    return get_standard(path, known_kpis=known)


@pytest.fixture
def book(arrange, shipped) -> str:
    """The address of the shipped standard, published."""
    with arrange() as session:
        return f"/standards/{service.publish(session, shipped, by=None, at=START).id}"


def folded(text: str) -> str:
    return " ".join(text.split())


def test_the_list_leads_to_every_published_version(browse, cast, book, shipped):
    page = browse(cast.leader).get("/standards/")
    assert shipped.title.en in page.text
    assert book in page.links()
    assert shipped.sha256[:16] in page.text


def test_an_empty_list_says_what_to_do(browse, cast):
    page = browse(cast.administrator).get("/standards/")
    assert "No standard is published yet" in page.text
    assert "accredit init" in page.text


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_book_holds_the_whole_standard(browse, cast, book, shipped, language):
    text = browse(cast.assessor, language).get(book).text

    def said(bilingual):
        # As pages say it: with marks around what would be turned round in Arabic.
        return folded(say(bilingual, language))

    for criterion in shipped.criteria:
        assert said(criterion.intent) in text
        for element in criterion.elements:
            for part in (element.title, element.statement, element.why):
                assert said(part) in text
            for descriptor in element.rubric.descriptors:
                assert said(descriptor.text) in text
            for expected in element.evidence:
                assert said(expected.text) in text
            for kpi in element.kpis:
                assert said(service_kpis().get(kpi).name) in text
    for rule in shipped.rules:
        assert said(rule.text) in text
    for award in shipped.awards:
        assert said(award.name) in text


def test_the_contents_lead_to_every_criterion_and_element(browse, cast, book, shipped):
    page = browse(cast.leader).get(book)
    anchors = set(page.tree.xpath("//@id"))
    links = {href.removeprefix("#") for href in page.tree.xpath("//*[@id='contents']//a/@href")}
    assert links <= anchors
    wanted = {f"criterion-{criterion.code}" for criterion in shipped.criteria}
    wanted |= {f"element-{element.code}" for element in shipped.elements}
    assert wanted <= links


def test_each_element_states_its_weight_and_required_level(browse, cast, book, shipped):
    page = browse(cast.leader).get(book)
    for element in shipped.elements:
        (article,) = page.tree.xpath(f"//*[@id='element-{element.code}']")
        text = folded(article.text_content())
        assert f"Weight: {element.weight}" in text
        assert f"Required level: {shipped.level(element.required).name.en}" in text
        rows = article.xpath(".//table/tbody/tr")
        assert len(rows) == len(shipped.levels)
        (required,) = [row for row in rows if "Required" in row.text_content()]
        assert shipped.level(element.required).name.en in required.text_content()


def test_the_fingerprint_is_shown_in_full(browse, cast, book, shipped):
    page = browse(cast.leader).get(book)
    assert shipped.sha256 in page.text.replace(" ", "")


def test_the_weights_of_the_criteria_add_up(browse, cast, book, shipped):
    text = browse(cast.leader).get(book).text
    for criterion in shipped.criteria:
        assert f"weight {criterion.weight} of {shipped.weight}" in text
    assert sum(criterion.weight for criterion in shipped.criteria) == shipped.weight


def test_the_book_is_read_with_few_queries(browse, cast, app, book):
    with count_queries(app) as statements:
        browse(cast.leader).get(book)
    assert len(statements) <= 4
    assert writes(statements) == []


def test_a_version_that_never_was_is_not_there(browse, cast):
    assert browse(cast.leader).get("/standards/99").status == 404


def test_everybody_who_is_signed_in_may_read(browse, cast, book):
    assert browse(cast.nobody).get(book).status == 200
    assert browse().get(book).status == 303


@pytest.mark.parametrize("which", ["list", "book"])
def test_the_arabic_pages_are_arabic_all_through(browse, cast, book, which):
    page = browse(cast.leader, "ar").get("/standards/" if which == "list" else book)
    assert page.lang == ("ar", "rtl")
    names = {"AA", "CRM", "WCAG", "YAML", "XLSX"}
    assert english_words(page) <= names, "names of other standards, systems and formats"
