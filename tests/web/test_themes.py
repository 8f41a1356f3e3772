"""The looks of the pages: what a reader chooses, what an organisation brings, what can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accredit.app import create_app
from accredit.config import SettingsError, load_settings
from accredit.text import Bilingual
from accredit.web.mark import drawing
from accredit.web.themes import SIGNS, WORDS, Theme, themes, tokens
from tests.conftest import make_settings

SIGN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


def sheets(page) -> list[str]:
    return page.tree.xpath("//link[@rel='stylesheet']/@href")


def test_every_word_and_sign_is_told_from_its_ground_in_every_theme():
    assert len(WORDS) > 30
    assert len(SIGNS) > 8
    assert list(themes().faults()) == []


def test_where_nothing_is_chosen_the_device_decides(browse):
    page = browse().get("/sign-in")

    assert re.fullmatch(r"/assets/style-[0-9a-f]{12}\.css", sheets(page)[0])
    assert page.tree.xpath("//a[contains(@href, 'theme=')][@aria-current]/@href") == [
        "/sign-in?theme=automatic"
    ]


@pytest.mark.parametrize("theme", Theme)
def test_a_chosen_theme_is_remembered_until_the_device_may_decide_again(browse, theme):
    reader = browse()

    for page in (reader.get(f"/sign-in?theme={theme}"), reader.get("/certificates/check")):
        assert sheets(page)[0].startswith(f"/assets/style-{theme}-")
    reader.get("/sign-in?theme=automatic")
    assert not sheets(reader.get("/sign-in"))[0].startswith(f"/assets/style-{theme}-")


def test_a_theme_nobody_knows_changes_nothing(browse):
    answer = browse().get("/sign-in?theme=%3Cscript%3E")

    assert "theme=" not in answer.headers.get("Set-Cookie", "")
    assert sheets(answer) == sheets(browse().get("/sign-in"))


def test_changing_the_theme_keeps_the_reader_where_they_are(browse, cast):
    page = browse(cast.leader).get("/kpis/?page=1&theme=dark")

    assert page.tree.xpath("//a[contains(@href, 'theme=light')]/@href") == [
        "/kpis/?page=1&theme=light"
    ]


def values(css: str, at: str = ":root") -> dict[str, str]:
    found = css.split(f"{at}{{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", found))


def test_a_sheet_says_each_colour_of_its_theme():
    made = themes()
    automatic = tokens(made, None)
    dark = "(prefers-color-scheme:dark){:root"
    assert values(automatic) == made.light
    assert {**made.light, **values(automatic, dark)} == made.dark

    more = values(automatic, "@media (prefers-contrast:more){:root")
    both = values(automatic, "and (prefers-contrast:more){:root")
    assert {**made.light, **more} == made.light_contrast
    assert {**made.dark, **more, **both} == made.dark_contrast

    chosen = tokens(made, Theme.DARK)
    assert {**made.light, **values(chosen, "@media screen{:root")} == made.dark
    assert "color-scheme:dark" in chosen
    assert "prefers-color-scheme" not in tokens(made, Theme.LIGHT)


# What an organisation brings


def test_an_organisation_wears_its_own_name_mark_and_colours(tmp_path: Path):
    mark = tmp_path / "mark.svg"
    mark.write_text(SIGN)
    app = create_app(
        make_settings(
            tmp_path,
            product_name="Harbour excellence",
            product_name_ar="تميز الميناء",
            mark=mark,
            brand_colour="#7a1f5c",
            accent_colour="#8a3d00",
        )
    )
    client = app.test_client()

    for language, name in (("en", "Harbour excellence"), ("ar", "تميز الميناء")):
        page = client.get(f"/certificates/check?lang={language}").text
        assert f"{name}</title>" in page
    source = re.search(r'<img class="site-name__mark" src="([^"]+)"', page)
    assert source is not None
    assert client.get(source[1]).text == SIGN
    assert "--brand:#7a1f5c" in client.get("/assets/style.css").text
    assert "--accent:#8a3d00" in client.get("/assets/style.css").text
    band = themes("#7a1f5c", "#8a3d00").light["band"]
    assert f'<meta name="theme-color" content="{band}">' in page


def test_our_own_mark_takes_the_colours_of_an_organisation():
    colours = themes("#7a1f5c").light

    assert colours["brand"] in drawing("favicon.svg", None, colours).decode()
    assert colours["band"] in drawing("mark.svg", None, colours).decode()
    assert "#083f4a" not in drawing("mark.svg", None, colours).decode()


@pytest.mark.parametrize(
    "brand", ["#7a1f5c", "#0057b8", "#5b2a86", "#006b3f", "#8b1a1a", "#333333", "#000000"]
)
def test_what_follows_from_a_colour_can_be_read_in_every_theme(brand):
    assert list(themes(brand, "#8a3d00").faults()) == []


@pytest.mark.parametrize("colour", ["#ffcc00", "#00843d", "#ffffff"])
def test_a_start_is_refused_with_a_colour_nobody_could_read(tmp_path: Path, colour):
    with pytest.raises(SettingsError, match=r"4\.5 to 1 are needed.*darker") as refused:
        create_app(make_settings(tmp_path, brand_colour=colour))
    assert f"ACCREDIT_BRAND_COLOUR {colour} cannot be read in the light theme" in str(refused.value)


@pytest.mark.parametrize("given", ["red", "#abc", "0b5563", "#0b5563;}"])
def test_a_colour_is_written_as_six_digits(given):
    with pytest.raises(SettingsError, match=r"ACCREDIT_ACCENT_COLOUR is .* #rrggbb"):
        load_settings({"ACCREDIT_MODE": "demo", "ACCREDIT_ACCENT_COLOUR": given})


def test_the_settings_are_read_from_the_environment(tmp_path: Path):
    settings = load_settings(
        {
            "ACCREDIT_MODE": "demo",
            "ACCREDIT_NAME": " Harbour ",
            "ACCREDIT_NAME_AR": "الميناء",
            "ACCREDIT_MARK": str(tmp_path / "mark.svg"),
            "ACCREDIT_BRAND_COLOUR": "#7A1F5C",
        }
    )
    assert settings.names == Bilingual("Harbour", "الميناء")
    assert (settings.mark, settings.brand_colour) == (tmp_path / "mark.svg", "#7a1f5c")
    assert load_settings({"ACCREDIT_MODE": "demo"}).names.ar == "accredit"
    with pytest.raises(SettingsError, match="ACCREDIT_NAME is"):
        load_settings({"ACCREDIT_MODE": "demo", "ACCREDIT_NAME": "x" * 41})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be read"),
        ("<svg", "it is no SVG"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "viewBox"),
        ('<html viewBox="0 0 1 1"/>', "its root must be"),
        (SIGN.replace("<path", "<script/><path"), "“<script”"),
        ("<!DOCTYPE svg>" + SIGN, "“<!doctype”"),
        (SIGN.replace("<path", '<path onclick="x()"'), "“onclick”"),
        (SIGN.replace("<path", '<image href="https://example.org/x.png"/><path'), "“href”"),
        (SIGN + " " * 40_000, "larger than 32 KB"),
    ],
)
def test_a_mark_that_is_more_than_a_drawing_is_refused(tmp_path: Path, content, why):
    mark = tmp_path / "mark.svg"
    if content is not None:
        mark.write_text(content)

    with pytest.raises(SettingsError, match=r"ACCREDIT_MARK names .*mark\.svg, but") as refused:
        drawing("mark.svg", mark, themes().light)
    assert why in str(refused.value)
