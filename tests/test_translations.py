"""The Arabic catalogue is complete, current and formed as gettext needs it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
PO = ROOT / "translations/ar/LC_MESSAGES/messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")
ARABIC_PLURAL_FORMS = 6


@pytest.fixture(scope="module")
def catalogue():
    with PO.open("rb") as file:
        return [message for message in read_po(file, locale="ar") if message.id]


def test_every_text_of_the_code_and_the_templates_is_in_the_catalogue(tmp_path, catalogue):
    template = tmp_path / "messages.pot"
    subprocess.run(
        [
            sys.executable, "-m", "babel.messages.frontend", "-q", "extract",
            "-F", "pyproject.toml", "-k", "N_", "-o", str(template), ".",
        ],
        cwd=ROOT,
        check=True,
    )  # fmt: skip
    with template.open("rb") as file:
        wanted = {message.id for message in read_po(file) if message.id}
    known = {message.id for message in catalogue}
    assert wanted - known == set(), "run `make messages` and translate what is new"
    assert known - wanted == set(), "run `make messages`: these texts are no longer used"


def test_every_message_has_its_arabic(catalogue):
    missing = [
        message.id
        for message in catalogue
        if not (
            all(message.string) and len(message.string) == ARABIC_PLURAL_FORMS
            if message.pluralizable
            else message.string
        )
    ]
    assert missing == []


def test_nothing_is_fuzzy(catalogue):
    assert [message.id for message in catalogue if message.fuzzy] == []


def test_the_arabic_has_the_same_placeholders(catalogue):
    different = []
    for message in catalogue:
        if message.pluralizable:
            # Zero, one and two may say the number in words.
            wanted = set(PLACEHOLDER.findall(" ".join(message.id)))
            wrong = [s for s in message.string if not set(PLACEHOLDER.findall(s)) <= wanted]
            wrong += [s for s in message.string[3:] if set(PLACEHOLDER.findall(s)) != wanted]
        else:
            wanted = sorted(PLACEHOLDER.findall(message.id))
            wrong = [s for s in [message.string] if sorted(PLACEHOLDER.findall(s)) != wanted]
        different += [(message.id, text) for text in wrong]
    assert different == []


def test_a_date_in_an_example_keeps_its_order_among_arabic_words(catalogue):
    """Between Arabic letters 2026-12-31 would be shown as 31-12-2026."""
    texts = [message.string for message in catalogue if not message.pluralizable]
    turned = [text for text in texts if re.search(r"(?<!\u2066)\b\d{4}-\d\d-\d\d", text)]
    assert turned == []


def test_the_compiled_catalogue_is_the_written_one(catalogue):
    def plain(value):
        return value if isinstance(value, str) else tuple(value)

    with PO.with_suffix(".mo").open("rb") as file:
        compiled = {plain(item.id): plain(item.string) for item in read_mo(file) if item.id}
    written = {plain(item.id): plain(item.string) for item in catalogue}
    assert compiled == written, "run `make messages`"


def test_arabic_texts_use_latin_digits_as_the_pages_do(catalogue):
    texts = [
        text
        for message in catalogue
        for text in (message.string if message.pluralizable else [message.string])
    ]
    assert [text for text in texts if re.search("[٠-٩]", text)] == []


def test_a_percent_sign_is_doubled_in_arabic_exactly_where_it_is_in_english(catalogue):
    """A text that values are put into takes a single sign for the start of a placeholder."""
    different = [
        (message.id, message.string)
        for message in catalogue
        if not message.pluralizable
        and ("%%" in message.id) != ("%%" in message.string)
        and "%" in message.id
    ]
    assert different == []


def test_percentages_have_one_sign_in_both_languages():
    """With Latin digits Arabic writes %, as the Unicode locale data have it (ar, latn)."""
    folders = ("accredit", "criteria", "docs", "templates", "translations")
    files = [
        path
        for folder in folders
        for ending in ("py", "yaml", "md", "html", "po")
        for path in (ROOT / folder).rglob(f"*.{ending}")
    ]
    assert len(files) > 300
    assert [str(path) for path in files if "\u066a" in path.read_text(encoding="utf-8")] == []
