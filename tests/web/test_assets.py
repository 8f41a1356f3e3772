"""What every page is dressed in: one style sheet and two fonts, kept by browsers for a year."""

from __future__ import annotations

import gzip
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from accredit.web import fonts, styles
from accredit.web.themes import themes, tokens

KEPT = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("fonts")


def address(page, rel: str) -> str:
    return page.tree.xpath(f"//link[@rel='{rel}']/@href")[0]


def test_the_style_sheet_is_kept_under_an_address_of_its_content(browse):
    stranger = browse()
    sheet = stranger.get(address(stranger.get("/sign-in"), "stylesheet"))

    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert sheet.headers["Cache-Control"] == KEPT
    assert sheet.headers["Vary"] == "Accept-Encoding", "whoever asks, it is the same"
    assert sheet.body == styles.stylesheet(tokens(themes(), None))


def test_the_style_sheet_travels_packed_to_whoever_can_unpack_it(browse):
    whole = browse().get("/assets/style.css").body
    packed = browse().get("/assets/style.css", headers={"Accept-Encoding": "br, gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < len(whole) / 3
    assert gzip.decompress(packed.body) == whole


def test_an_address_of_another_release_still_dresses_the_page_and_is_not_kept(browse):
    sheet = browse().get("/assets/style-000000000000.css")

    assert sheet.status == 200
    assert sheet.headers["Cache-Control"] == "no-cache"


def test_the_style_sheet_finds_the_fonts_beside_it(browse):
    stranger = browse()
    sheet = stranger.get("/assets/style.css").body.decode()
    for weight in fonts.WEIGHTS:
        assert f'url("{fonts.name_of(weight)}")' in sheet
        answer = stranger.get(f"/assets/{fonts.name_of(weight)}")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "font/woff2")
        assert answer.headers["Cache-Control"] == KEPT
    assert stranger.get("/assets/plex-700-0.woff2").status == 404


def test_a_page_asks_for_its_font_before_it_has_read_the_style_sheet(browse):
    assert address(browse().get("/sign-in"), "preload") == f"/assets/{fonts.name_of(400)}"


@pytest.mark.parametrize("weight", fonts.WEIGHTS)
def test_a_font_keeps_every_letter_and_every_join_and_is_small(folder, weight):
    whole = TTFont(fonts._source(weight))
    packed = fonts.font(weight, folder)
    served = TTFont(BytesIO(packed))

    assert len(packed) < 60_000
    assert served.getBestCmap().keys() == whole.getBestCmap().keys()
    for table in ("GSUB", "GPOS"):
        features = {one.FeatureTag for one in served[table].table.FeatureList.FeatureRecord}
        assert features == {one.FeatureTag for one in whole[table].table.FeatureList.FeatureRecord}


def test_a_font_is_made_once_and_kept_in_the_data_folder(tmp_path):
    first = fonts.font(400, tmp_path)
    kept = tmp_path / fonts.name_of(400)
    assert kept.read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]

    # As after a restart.
    fonts._font.cache_clear()
    kept.write_bytes(b"kept")
    assert fonts.font(400, tmp_path) == b"kept"


def test_a_folder_that_takes_no_files_costs_no_page(tmp_path):
    nowhere = tmp_path / "a file"
    nowhere.write_text("")

    assert fonts.font(400, nowhere / "fonts")[:4] == b"wOF2"


def test_every_part_of_the_style_sheet_is_read_once_and_in_order():
    names = [path.stem for path in styles.parts()]

    assert names[: len(styles.FIRST)] == list(styles.FIRST)
    assert names[-len(styles.LAST) :] == list(styles.LAST)
    assert sorted(names) == sorted({path.stem for path in styles.FOLDER.glob("*.css")})
    assert all(path.exists() for path in styles.parts())
