"""How the name of a file is shown: whole for who copies it, its ending never turned round."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from accredit.i18n import translate
from accredit.text import Message
from accredit.web.file_names import file_name


@pytest.mark.parametrize("name", ["Service charter 2025.pdf", "2026.csv", "README", ".profile"])
def test_a_name_that_runs_from_the_left_is_only_set_apart_from_its_surroundings(name: str) -> None:
    assert file_name(name) == f"<bdi>{name}</bdi>"


@pytest.mark.parametrize(
    ("name", "stem", "ending"),
    [
        ("محاضر 2026.docx", "محاضر 2026", ".docx"),
        ("تقرير.v2.pdf", "تقرير.v2", ".pdf"),
        ("CSAT نتائج.xlsx", "CSAT نتائج", ".xlsx"),
    ],
)
def test_the_ending_of_an_arabic_name_stands_by_itself_from_left_to_right(
    name: str, stem: str, ending: str
) -> None:
    whole = html.fragment_fromstring(file_name(name))
    (part,) = whole.xpath("./bdi")
    assert (whole.text, part.text, part.get("dir")) == (stem, ending, "ltr")


def test_an_arabic_name_without_an_ending_is_one_piece() -> None:
    assert file_name("محاضر") == "<bdi>محاضر</bdi>"


@given(st.text(alphabet="aب٣3 .<>&\"'", min_size=1))
def test_every_name_is_shown_whole_and_as_text(name: str) -> None:
    shown = html.fragment_fromstring(file_name(name))
    assert shown.text_content() == name
    assert {element.tag for element in shown.iter()} == {"bdi"}


@pytest.mark.parametrize("name", ["Service charter 2025.pdf", "محاضر", "محاضر 2026. الجزء الأول"])
def test_a_sentence_leaves_other_words_as_they_are(app, name: str) -> None:
    with app.test_request_context():
        assert translate(Message("“%(name)s” is empty.", {"name": name})) == f"“{name}” is empty."


def test_a_sentence_sets_the_ending_of_an_arabic_name_apart(app) -> None:
    with app.test_request_context():
        said = translate(Message("“%(name)s” is empty.", {"name": "محاضر 2026.docx"}))
    assert said == "“\u2068محاضر 2026\u2066.docx\u2069\u2069” is empty."
