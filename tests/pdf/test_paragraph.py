from __future__ import annotations

import pytest

from accredit.pdf.paragraph import Paragraph

from .reading import Place, places, report, texts

SENTENCE = "المتعامل أولاً وخدمته واجب على كل موظف في الجهة، ورضاه مقياس نجاحنا. "


def test_its_height_is_its_lines_times_the_leading() -> None:
    paragraph = Paragraph(SENTENCE * 5, size=10, leading=16)
    _, height = paragraph.wrap(300, 1000)
    assert height == 16 * len(paragraph.lines(300))


def test_it_is_split_without_losing_a_line() -> None:
    paragraph = Paragraph(SENTENCE * 12, size=10, leading=16)
    paragraph.wrap(300, 1000)
    first, second = paragraph.split(300, 100)
    assert first.wrap(300, 100)[1] <= 100
    assert (*first.lines(300), *second.lines(300)) == paragraph.lines(300)  # type: ignore[attr-defined]  # both are paragraphs


def test_no_single_line_is_left_alone_on_a_page() -> None:
    paragraph = Paragraph(SENTENCE * 3, size=10, leading=16)
    lines = len(paragraph.lines(200))
    _, second = paragraph.split(200, 16 * (lines - 1))
    assert len(second.lines(200)) == 2  # type: ignore[attr-defined]  # a paragraph
    assert paragraph.split(200, 16) == []


def test_a_paragraph_that_fits_is_not_split() -> None:
    paragraph = Paragraph("قصير", size=10, leading=16)
    assert paragraph.split(200, 100) == [paragraph]


def test_a_bullet_indents_the_text_and_stands_once() -> None:
    plain, bulleted = Paragraph(SENTENCE * 3), Paragraph(SENTENCE * 3, bullet="•")
    assert max(line.width for line in bulleted.lines(200)) <= 200 - bulleted.indent
    assert len(bulleted.lines(200)) >= len(plain.lines(200))
    first, second = Paragraph(SENTENCE * 30, bullet="•").split(200, 100)
    assert first.bullet == "•"  # type: ignore[attr-defined]  # a paragraph
    assert second.bullet == ""  # type: ignore[attr-defined]  # a paragraph
    assert second.indent == first.indent > 0  # type: ignore[attr-defined]  # paragraphs


def test_the_bullet_is_on_the_start_side_of_the_indented_text() -> None:
    left_to_right = places(report([Paragraph("INDENTED", bullet="•", rtl=False)]))
    assert left_to_right["INDENTED"] == pytest.approx(left_to_right["•"] + 15, abs=2)
    right_to_left = places(report([Paragraph("INDENTED", bullet="•", rtl=True)], "ar"))
    assert right_to_left["•"] > right_to_left["INDENTED"] + 40


def test_a_long_text_runs_over_several_pages() -> None:
    pages = texts(report([Paragraph(SENTENCE * 200, rtl=True)], "ar"))
    assert len(pages) > 2
    assert sum(page.count("المتعامل") for page in pages) == 200


@pytest.mark.parametrize("text", ["", "\x00\x01", "\u2066\u2067", "\ud800", "😀" * 500, "\n" * 5])
def test_a_hostile_text_is_drawn_all_the_same(text: str) -> None:
    after = Place()
    pages = texts(report([Paragraph(text), Paragraph("نهاية النص"), after]))
    assert "نهاية" in "".join(pages)
