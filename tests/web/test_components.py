"""The components, the frame, the style sheet and the scripts: what must hold for every page."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html
from lxml.html import HtmlElement

import accredit
from accredit.charts.palette import LIGHT
from accredit.web.gallery import SampleForm
from accredit.web.styles import parts
from accredit.web.styles import stylesheet as served
from accredit.web.svg import stylesheet
from accredit.web.themes import Theme, themes, tokens
from tests.web.gallery import ERROR_PAGES, render, render_gallery, render_macro

STATIC = Path(accredit.__file__).parent / "static"
CSS = "\n".join(path.read_text(encoding="utf-8") for path in parts())
RULES = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
LABELLED = "//input[not(@type='hidden' or @type='submit')] | //select | //textarea"


@pytest.fixture(scope="module", params=["en", "ar"])
def page(request: pytest.FixtureRequest) -> HtmlElement:
    return html.document_fromstring(render_gallery(request.param))


@pytest.fixture(scope="module", params=["en", "ar", *ERROR_PAGES])
def markup(request: pytest.FixtureRequest) -> str:
    return _markup(request.param)


def _markup(name: str | int) -> str:
    if isinstance(name, int):
        return render(f"errors/{name}.html", message=None)
    return render_gallery(name)


# The pages


def test_a_page_says_its_language_and_its_direction() -> None:
    for language, direction in (("en", "ltr"), ("ar", "rtl")):
        root = html.document_fromstring(render_gallery(language))
        assert (root.get("lang"), root.get("dir")) == (language, direction)


def test_a_page_offers_itself_in_the_other_language_and_says_so_in_that_language() -> None:
    link = html.document_fromstring(render_gallery("en")).xpath("//a[@hreflang]")[0]
    assert (link.get("hreflang"), link.get("lang"), link.text_content()) == ("ar", "ar", "العربية")


def test_no_page_holds_what_the_content_security_policy_forbids(markup: str) -> None:
    tree = html.document_fromstring(markup)
    names = {str(name) for element in tree.iter() for name in element.attrib}
    assert "style" not in names
    assert not [name for name in names if name.startswith("on")]
    assert not tree.xpath("//style | //script[not(@src)]")
    assert not [url for url in tree.xpath("//@src | //link/@href") if not url.startswith("/")]


def test_every_id_stands_once_and_every_reference_finds_its_id(markup: str) -> None:
    tree = html.document_fromstring(markup)
    ids = [str(value) for value in tree.xpath("//@id")]
    assert len(ids) == len(set(ids))
    for name in ("for", "aria-describedby", "aria-labelledby", "popovertarget"):
        wanted = {word for value in tree.xpath(f"//@{name}") for word in value.split()}
        assert wanted <= set(ids)


def test_headings_start_with_one_h1_and_skip_no_level(markup: str) -> None:
    main = html.document_fromstring(markup).xpath("//main")[0]
    levels = [int(str(element.tag)[1]) for element in main.iter("h1", "h2", "h3", "h4")]
    first = levels.index(1)
    assert levels.count(1) == 1
    assert all(level == 2 for level in levels[:first])
    assert all(after - before <= 1 for before, after in pairwise(levels[first:]))


def test_every_control_has_a_label(page: HtmlElement) -> None:
    for control in page.xpath(LABELLED):
        labels = page.xpath("//label[@for=$id]", id=control.get("id"))
        assert len(labels) == 1, html.tostring(control)
        assert labels[0].text_content().strip()


def test_every_post_form_carries_its_token(page: HtmlElement) -> None:
    forms = page.xpath("//form[@method='post']")
    assert len(forms) >= 5
    for form in forms:
        assert form.xpath(".//input[@name='csrf_token']/@value") == ["token"]


def test_every_button_and_link_says_what_it_does(page: HtmlElement) -> None:
    for element in page.xpath("//a | //button | //summary"):
        assert element.text_content().strip(), html.tostring(element)


def test_pictures_that_only_decorate_are_silent_and_the_chart_has_a_name(page: HtmlElement) -> None:
    for picture in page.xpath("//*[local-name()='svg']"):
        if picture.get("role") == "img":
            assert picture.get("aria-labelledby")
        else:
            assert picture.get("aria-hidden") == "true"


def test_every_class_on_the_pages_is_known_to_the_style_sheet_or_to_a_script() -> None:
    known = set(re.findall(r"\.([a-z][a-z0-9_-]*)", RULES))
    scripts = " ".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    known |= set(re.findall(r"\.([a-z][a-z0-9_-]+)", scripts))
    tones = {"--neutral", "--brand", "--info", "--good", "--warn", "--bad"}
    used = {
        name
        for markup in map(_markup, ("en", *ERROR_PAGES))
        for value in html.document_fromstring(markup).xpath("//@class")
        for name in value.split()
        if not any(name.endswith(tone) for tone in tones)
    }
    # Named for their meaning; they look as their base class does.
    plain = {"input--textinput", "input--dateinput", "input--passwordinput", "input--select"}
    plain |= {"field--full", "field--short", "field--medium", "steps__item--todo", "columns"}
    plain |= {"chart-rtl"}
    assert used - known - plain == set()


# The frame


def test_a_stranger_sees_no_menu_and_no_way_to_sign_out_but_a_way_in() -> None:
    tree = html.document_fromstring(render("errors/404.html", signed_in=False, message=None))
    assert not tree.xpath("//nav | //form[contains(@action, 'sign-out')]")
    assert tree.xpath("//header//a[@href='/sign-in']")


@pytest.mark.parametrize("code", ERROR_PAGES)
@pytest.mark.parametrize("signed_in", [True, False])
def test_an_error_page_says_what_happened_and_shows_a_way_on(code: int, signed_in: bool) -> None:
    tree = html.document_fromstring(
        render(f"errors/{code}.html", "ar", signed_in=signed_in, message=None)
    )
    main = tree.xpath("//main")[0]
    assert str(code) in main.text_content()
    assert len(main.xpath(".//div[@class='prose']/p")) >= 2
    assert main.xpath(".//a[@href='/']")


def test_an_error_page_gives_the_reason_it_is_told_as_text_and_not_as_markup() -> None:
    tree = html.document_fromstring(render("errors/409.html", message="<b>Closed</b> on Monday"))
    assert "<b>Closed</b> on Monday" in tree.xpath("string(//main)")


def test_flash_messages_are_announced_and_errors_more_urgently() -> None:
    tree = html.document_fromstring(render("errors/404.html", message=None))
    notices = tree.xpath("//main/*[contains(@class, 'notice')]")
    assert [notice.get("role") for notice in notices] == ["status", "alert"]


# Fields


def _refused_field(name: str) -> HtmlElement:
    tree = html.document_fromstring(render_gallery())
    return tree.get_element_by_id(f"refused-{name}")


@pytest.mark.parametrize("name", ["title", "secret", "reason", "files", "confirmed"])
def test_a_refused_field_is_marked_and_its_error_is_read_with_it(name: str) -> None:
    control = _refused_field(name)
    assert control.get("aria-invalid") == "true"
    assert f"refused-{name}-error" in control.get("aria-describedby").split()
    assert f"#refused-{name}" in html.document_fromstring(render_gallery()).xpath("//@href")


def test_a_refused_choice_is_explained_at_the_group_and_linked_at_its_first_button() -> None:
    tree = html.document_fromstring(render_gallery())
    assert tree.xpath("//fieldset[@id='refused-role']/@aria-describedby") == ["refused-role-error"]
    assert tree.xpath("//a[@href='#refused-role-0']")


def test_a_number_that_is_none_stays_in_its_field_as_it_was_typed() -> None:
    control = _refused_field("amount")
    assert control.get("value") == "١٢٣ people"
    assert (control.get("type"), control.get("inputmode")) == ("text", "decimal")
    assert not {"min", "max", "step"} & set(control.attrib)


def test_a_hint_and_an_error_are_both_read_with_the_field() -> None:
    described = _refused_field("reason").get("aria-describedby").split()
    assert described == ["refused-reason-hint", "refused-reason-error"]


def test_what_a_person_wrote_is_shown_as_text_everywhere() -> None:
    evil = '"><script>alert(1)</script>'
    form = SampleForm(data={"title": evil, "reason": evil})
    written = [
        render_macro("form_field(form.title, hint=evil)", form=form, evil=evil),
        render_macro("form_field(form.reason, label=evil)", form=form, evil=evil),
        render_macro("tag(evil)", evil=evil),
        render_macro("person_chip(evil, evil)", evil=evil),
        render_macro("evidence_card(evil, filename=evil, note=evil)", evil=evil),
        render_macro("user_text(evil)", evil=evil),
        render_macro("facts([(evil, evil)])", evil=evil),
        render_macro("timeline([{'title': evil, 'when': evil, 'note': evil}])", evil=evil),
        render_macro("confirm_form(evil, evil, evil, evil)", evil=evil),
        render_macro("post_button(evil, evil)", evil=evil),
        render_macro("button(evil, value=evil, **{'data-key': evil})", evil=evil),
        render_macro("rubric_card('level', evil, evil, evil)", evil=evil),
    ]
    assert not [markup for markup in written if "<script" in markup]


def test_an_error_summary_has_nothing_to_say_about_a_form_without_errors() -> None:
    assert render_macro("error_summary(form)", form=SampleForm()).strip() == ""


# Facts


def test_a_code_is_isolated_and_always_reads_from_left_to_right() -> None:
    assert render_macro("code_text('2026-11-21')") == (
        '<bdi class="code" dir="ltr">2026-11-21</bdi>'
    )


def test_level_dots_show_the_level_the_requirement_and_their_meaning_in_words() -> None:
    dots = html.fragment_fromstring(render_macro("level_dots(2, 5, label='Started', required=4)"))
    shown = dots.xpath("./span[1]/span/@class")
    assert [("is-on" in name, "is-required" in name) for name in shown] == [
        (True, False), (True, False), (False, False), (False, True), (False, False),
    ]  # fmt: skip
    assert "dots--below" in dots.get("class")
    assert dots.xpath("string(./span[2])") == "Started"


@pytest.mark.parametrize(("value", "state"), [(4, "met"), (5, "met"), (3, "below")])
def test_level_dots_are_met_from_the_required_level_on(value: int, state: str) -> None:
    assert f"dots--{state}" in render_macro("level_dots(value, 5, required=4)", value=value)


def test_no_score_is_not_the_lowest_level() -> None:
    markup = render_macro("level_dots(none, 5, required=1)")
    assert "Not scored" in markup
    assert "dots--met" not in markup
    assert "is-on" not in markup


def test_a_progress_bar_of_nothing_is_empty_and_not_invalid() -> None:
    bar = html.fragment_fromstring(render_macro("progress_bar(0, 0, 'Scores')")).xpath(
        ".//progress"
    )
    assert (bar[0].get("value"), bar[0].get("max")) == ("0", "1")


@pytest.mark.parametrize(
    ("current", "last", "numbers"),
    [
        (1, 1, []),
        (1, 2, [1, 2]),
        (5, 12, [1, 4, 5, 6, 12]),
        (12, 12, [1, 11, 12]),
        (2, 3, [1, 2, 3]),
    ],
)
def test_pagination_shows_the_ends_and_the_neighbours(
    current: int, last: int, numbers: list[int]
) -> None:
    markup = render_macro(
        "pagination(current, last, url_of)", current=current, last=last, url_of="?page={}".format
    )
    tree = html.fromstring(f"<div>{markup}</div>")
    assert [int(text) for text in tree.xpath("//ol//a/text()")] == numbers
    assert [int(text) for text in tree.xpath("//a[@aria-current]/text()")] == numbers[:0] + (
        [current] if numbers else []
    )
    assert bool(tree.xpath("//a[@rel='prev']")) == (current > 1)
    assert bool(tree.xpath("//a[@rel='next']")) == (current < last)


def test_an_unknown_icon_is_an_error_and_not_an_empty_square() -> None:
    with pytest.raises(Exception, match="no attribute 'unknown'"):
        render_macro("icon('unknown')")


# The style sheet and the scripts


def test_the_style_sheet_knows_no_left_and_no_right() -> None:
    assert re.findall(r"\b(?:left|right)\b", RULES) == []


def test_style_and_scripts_stay_small() -> None:
    for theme in (None, *Theme):
        assert 20_000 < len(served(tokens(themes(), theme))) < 40_000
    assert sum(len(path.read_bytes()) for path in SCRIPTS) < 40_000


def test_the_style_sheet_is_whole_and_uses_only_properties_it_defines() -> None:
    assert RULES.count("{") == RULES.count("}")
    assert set(re.findall(r"var\((--[\w-]+)", RULES)) <= {
        *re.findall(r"(--[\w-]+):", RULES),
        *(f"--{name}" for name in themes().light),
    }


def test_nothing_comes_from_another_host() -> None:
    assert "http" not in re.sub(r'a\[href\^="http"\]', "", RULES)
    assert "@import" not in RULES
    for path in SCRIPTS:
        # What a script asks for is an address the page gave it, which is on this site.
        given = r"\((?:form\.(?:dataset\.(?:options|pieces)|action)|words\(.idle.\)\.dataset)"
        asked = rf"https?://|\bimport\b|\bfetch\b(?!{given})"
        assert not re.search(asked, path.read_text(encoding="utf-8"))


def test_pages_charts_and_documents_share_one_palette() -> None:
    colours = themes().light
    assert {name.value: colours[name.value] for name in LIGHT} == {
        name.value: value for name, value in LIGHT.items()
    }


def test_the_rules_of_the_charts_are_those_the_charts_write() -> None:
    for rule in stylesheet().splitlines():
        assert rule in CSS
