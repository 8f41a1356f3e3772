"""A standard is written as the text of its file: the same content, the same text, well readable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from accredit.standard.domain import Standard
from accredit.standard.file.canonical import from_canonical
from accredit.standard.file.comments import head_of, inner_comments
from accredit.standard.file.loader import get_standard, load
from accredit.standard.file.writer import WIDTH, write
from accredit.text import Bilingual
from tests.standard.small import DATA, TEXT, changed, standard

EVERY_KEY = (DATA / "every-key.yaml").read_text(encoding="utf-8")
CRITERIA = Path(__file__).parents[2] / "criteria"
SHIPPED = sorted(CRITERIA.glob("*.yaml"))


def read(text: str) -> Standard:
    return standard(text)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_standard_is_written_and_read_back_without_a_difference(path: Path) -> None:
    original = get_standard(path)
    text = write(original)
    assert read(text) == original
    assert write(read(text)) == text


@pytest.mark.parametrize("text", [TEXT, EVERY_KEY])
def test_every_key_of_the_format_is_written_and_read_back(text: str) -> None:
    original = read(text)
    assert read(write(original)) == original
    assert write(read(write(original))) == write(original)


def test_what_the_database_keeps_is_written_as_what_the_file_said() -> None:
    # Canonical content has its keys sorted; the order of a mapping says nothing.
    original = read(EVERY_KEY)
    assert write(from_canonical(original.canonical)) == write(original)


def test_lines_are_no_wider_than_a_page_where_words_allow() -> None:
    for path in SHIPPED:
        assert max(map(len, write(get_standard(path)).splitlines())) <= WIDTH


def test_short_texts_stand_side_by_side_and_long_ones_are_folded() -> None:
    sentence = "Promises that anyone who waits at the front desk can read are written down."
    middle = "وعود يستطيع كل من ينتظر عند مكتب الاستقبال أن يقرأها بلغته، مكتوبة بخط واضح"
    text = changed(
        'statement: {en: "Promises are written down.", ar: "الوعود مكتوبة."}',
        f'statement: {{en: "{sentence} {sentence}", ar: "{middle}"}}',
    )
    lines = write(read(text)).splitlines()
    assert '        title: {en: "Promises written", ar: "وعود مكتوبة"}' in lines
    start = lines.index("        statement:")
    assert lines[start + 1 : start + 5] == [
        "          en: >-",
        f"            {sentence} Promises",
        "            that anyone who waits at the front desk can read are written down.",
        f'          ar: "{middle}"',
    ]


def test_codes_and_versions_stand_in_quotes_and_numbers_do_not() -> None:
    lines = [line.strip() for line in write(read(TEXT)).splitlines()]
    assert 'version: "1"' in lines
    assert '- code: "1.1"' in lines
    assert "weight: 3" in lines
    assert "rounding: {places: 1, mode: half_up}" in lines


def test_other_readers_of_yaml_take_names_for_names() -> None:
    # “no” and “null” are ids here; many readers would make a false and a nothing of them.
    text = TEXT.replace("absent", "no").replace("partial", '"null"')
    plain = yaml.safe_load(write(read(text)))
    assert plain["scale"]["levels"][0]["id"] == "no"
    assert list(plain["criteria"][0]["elements"][0]["levels"])[:2] == ["no", "null"]


def test_lines_of_a_text_stay_lines() -> None:
    text = changed('en: "Promises are written down."', 'en: "One:\\n\\n- two # three"')
    written = write(read(text))
    assert "          en: |-\n            One:\n\n            - two # three\n" in written
    assert read(written) == read(text)


HOSTILE = [
    *(
        "no",
        "~",
        "null",
        "true",
        "1.10",
        "0x1F",
        "2024-01-01",
        "- a",
        "a: b",
        "a #b",
        "#",
        "'",
        '"',
    ),
    *('\\"', "%YAML", "---", "...", "&a", "*a", "!t", "{a}", "[a]", "|", ">-", "?", "@", "`", "<<"),
    *("a  b", "a\tb", "a\r\nb", "a\n b", "a\n\n\nb", "a \nb", "a\n---\nb", "لا", "١٢", "é", "😀"),
    *(
        "x" * 300,
        "a " * 300 + "a",
        " ".join(["y" * 99] * 3),
        "a\u00a0b",
        "\u200eA",
        "=1+1",
        "a\u0301",
    ),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_only_a_text_whatever_it_looks_like(text: str) -> None:
    original = _with(text)
    assert read(write(original)) == original


@given(st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(" \n\t\"'\\:#-ab.، لا"))))
@example("a" * 60 + "  " + "b" * 60)
@example(" ".join(["word"] * 30) + "\n" + " ".join(["word"] * 30))
def test_any_text_the_reader_takes_comes_back(text: str) -> None:
    taken = load(TEXT.replace('"The promises."', _escaped(text)).encode(), file="f")
    if isinstance(taken, Standard):
        written = write(taken)
        assert read(written) == taken
        assert write(read(written)) == written


def _escaped(text: str) -> str:
    return '"' + "".join(f"\\U{ord(one):08X}" for one in text) + '"'


def _with(text: str) -> Standard:
    """The small standard with a hostile title; as a reader gives it, in its composed form."""
    loaded = load(changed('"Promises written"', _escaped(text)).encode(), file="f")
    assert isinstance(loaded, Standard) == (len(text) <= 200)
    if isinstance(loaded, Standard):
        return loaded
    small = standard()
    return replace(small, description=Bilingual(text, text))


# comments


def test_the_head_of_a_file_is_kept() -> None:
    text = f"\n# A head\n#  of two lines\n\n# and one more\n\n{TEXT}"
    head = head_of(text)
    assert head == "# A head\n#  of two lines\n\n# and one more\n"
    assert write(read(text), head=head).startswith(f"{head}format:")
    assert inner_comments(text) == []


def test_comments_inside_a_file_are_found_and_signs_in_texts_are_not() -> None:
    text = "\n".join(
        [
            "# head",
            "a: 1  # beside",
            'b: "# no"',
            "c: >-  # at the sign",
            "  folded # no",
            "  # no",
            "",
            "# between",
            "# two",
            "d: [x, # in a list",
            "  y]",
            "e: a#b",
            "  # at the end",
        ]
    )
    assert inner_comments(text) == [2, 4, 8, 9, 10, 13]
