"""Files that want to crash, fool or slow the loader: each is refused, quickly, with its place."""

from __future__ import annotations

import random

import pytest

from accredit.standard.domain import Standard
from accredit.standard.file.loader import load
from tests.costs import costs_less_than
from tests.standard.small import TEXT, changed, errors, standard

BOMB = (
    "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{key}: &{key} [" + ",".join([f"*{chr(ord(key) - 1)}"] * 9) + "]\n" for key in "bcdefghi"
    )
).encode()


@pytest.mark.parametrize(
    ("name", "content", "first"),
    [
        (
            "code",
            b"!!python/object/apply:os.system [id]",
            "1:1: document: tags (!) are not allowed",
        ),
        ("name", b"!!python/name:os.system ''", "1:1: document: tags (!) are not allowed"),
        ("secret", b"id: !secret x", "1:5: document: tags (!) are not allowed"),
        ("binary", b'id: !!binary "PD94"', "1:5: document: tags (!) are not allowed"),
        ("laughs", BOMB, "1:4: document: anchors (&) are not allowed"),
        ("cycle", b"a: &a [*a]", "1:4: document: anchors (&) are not allowed"),
        ("deep", b"[" * 1_000, "1:21: document: values are nested too deeply"),
        ("very deep", b"[" * 100_000, "1:21: document: values are nested too deeply"),
        ("deep maps", b"{a: " * 50_000, "1:81: document: values are nested too deeply"),
        ("deep blocks", b"- " * 100_000, "1:41: document: values are nested too deeply"),
        (
            "many keys",
            b"".join(b"k%d: 1\n" % number for number in range(90_000)),
            "24999:9: document: the file has too many values",
        ),
        (
            "five megabytes",
            b"a: " + b"x" * 5_000_000,
            "1:1: document: the file is too large: 5000003 bytes; at most 1048576 are read",
        ),
        ("merge", b"<<: *x", "1:5: document: aliases (*) are not allowed; write the value out"),
        ("list as key", b"? [1, 2]\n: x", "1:3: document: a key must be a plain word"),
        ("two documents", b"a: 1\n---\na: 2", "2:1: document: the file has more than one document"),
        ("empty", b"", "1:1: document: the file is empty"),
        ("only a comment", b"# nothing\n", "1:1: document: the file is empty"),
        ("root is a list", b"- a", "1:1: document: a mapping (key: value) is wanted here"),
        ("root is a text", b"a", "1:1: document: a mapping (key: value) is wanted here"),
        ("nul", b"id: a\0b", "1:6: document: the character U+0000 is not allowed"),
        ("bel", b"id: x\ny: a\x07", "2:5: document: the character U+0007 is not allowed"),
        ("escaped nul", rb'id: "a\0b"', "1:5: document: the character U+0000 is not allowed"),
        (
            "utf-16",
            "id: x".encode("utf-16"),
            "1:1: document: the file is not UTF-8; save it as UTF-8",
        ),
        (
            "windows-1256",
            "id: x\ntitle: معيار".encode("cp1256"),
            "2:8: document: the file is not UTF-8; save it as UTF-8",
        ),
        (
            "override",
            "id: a\u202eb".encode(),
            "1:6: document: the character U+202E is not allowed",
        ),
        ("isolate", "id: \u2066b".encode(), "1:5: document: the character U+2066 is not allowed"),
        (
            "escaped override",
            rb'id: "a\u202eb"',
            "1:5: document: the character U+202E is not allowed",
        ),
        (
            "line separator",
            "id: a\u2028b".encode(),
            "1:6: document: the character U+2028 is not allowed",
        ),
        (
            "directive",
            b"%YAML 1.1\n---\nid: x",
            "1:1: document: directives such as %YAML are not allowed",
        ),
    ],
)
def test_a_hostile_file_is_refused_at_once_with_its_place(
    name: str, content: bytes, first: str
) -> None:
    assert first in errors(content)
    assert costs_less_than(1, lambda: errors(content))


@pytest.mark.parametrize("content", [b"a:\n\t- b", b'id: "\\ud800"', b"a: [", b'a: "', b"a: b: c"])
def test_what_is_not_yaml_is_refused_with_a_place(content: bytes) -> None:
    (only,) = errors(content)
    assert "document: this is not valid YAML" in only


def test_a_syntax_error_after_arabic_text_counts_characters_not_bytes() -> None:
    assert errors('title: {en: "x", ar: "معيار صغير" oops}')[0].startswith("1:35: ")


def test_a_key_given_twice_names_both_lines() -> None:
    assert errors(changed("        weight: 3\n", "        weight: 3\n        weight: 4\n")) == [
        "36:9: document: the key “weight” is already given on line 35"
    ]


@pytest.mark.parametrize("word", ["no", "yes", "off", "true", "1:30", "010", "2025-02-30", "1e3"])
def test_words_that_yaml_would_convert_stay_text(word: str) -> None:
    assert standard(changed('en: "Promises"', f"en: {word}")).criteria[0].title.en == word


@pytest.mark.parametrize("number", ["1e3", "010", ".inf", ".nan", "-0x1", "1_0", "٣", "3" * 5_000])
def test_numbers_are_plain_western_digits_or_refused(number: str) -> None:
    (only,) = errors(changed("weight: 3", f"weight: {number}"))
    assert only.startswith("35:17: ")


@pytest.mark.parametrize("key", ["1", "true", "1.0"])
def test_a_key_that_is_no_word_is_unknown(key: str) -> None:
    assert f"unknown key “{key}”" in errors(changed("weight: 3", f"weight: 3\n        {key}: x"))[0]


@pytest.mark.parametrize("code", ["../../x", "1." * 5_000 + "1", "1.<b>", "1.٢", "1 2", "total"])
def test_a_code_is_short_and_plain(code: str) -> None:
    found = errors(changed('code: "1.2"', f'code: "{code}"'))
    assert found
    assert all(line.startswith("38:15: ") and len(line) < 300 for line in found)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{7*7}}", "${x}", "%(x)s 100%"])
def test_markup_and_templates_in_a_text_are_only_text(text: str) -> None:
    assert standard(changed('en: "Promises"', f'en: "{text}"')).criteria[0].title.en == text


def test_a_message_about_a_percent_sign_can_still_be_printed() -> None:
    assert "“%(x)s 100%”" in errors(changed("id: small", 'id: "%(x)s 100%"'))[0]


def test_thousands_of_unknown_keys_are_all_named_within_a_second() -> None:
    lines = "".join(f"        weight{number}: 1\n" for number in range(10_000))
    text = changed("        weight: 3\n", "        weight: 3\n" + lines)
    assert len(errors(text)) == 10_000
    assert costs_less_than(1, lambda: errors(text))


def test_a_mutated_file_is_read_or_refused_but_never_breaks_the_loader() -> None:
    source = TEXT.encode()
    chance = random.Random(20261121)
    tokens = [b"*a", b"&a", b"!x", b"[", b"{", b'"', b": ", b"- ", b"\n", b"\0", b"\xff", b"---\n"]
    for _ in range(300):
        content = bytearray(source)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(content))
            if chance.random() < 0.5:
                content[at : at + chance.randint(0, 30)] = chance.choice(tokens)
            else:
                content[at] = chance.randrange(256)
        loaded = load(bytes(content), file="f")
        assert isinstance(loaded, Standard) or loaded
