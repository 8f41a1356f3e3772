"""The language of a page is Arabic or English, whatever is asked for.

`failure_57` is a number in the list of failures of other products: there the name of a language
was the name of a file, which was loaded as code.
"""

from __future__ import annotations

import sys

import pytest

from accredit import i18n

ASKED = [
    "../../../../tmp/evil", "..", "/etc/passwd", "ar\0", "ar/../../evil", "AR", "ar_SA", "ar-SA",
    "en.UTF-8", "%2e%2e%2fevil", "x" * 1024, "", " ar", "ar ", "عربي", "en\nSet-Cookie: a=b",
]  # fmt: skip

_opened: list[str] = []
_watch = [False]


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if _watch[0] and event == "open":
        _opened.append(str(arguments[0]))


sys.addaudithook(_note)


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("way", ["argument", "cookie", "header"])
def test_failure_57_a_language_is_one_of_two_and_never_the_name_of_a_file(browse, asked, way):
    browser = browse(language="en")
    if way != "argument":
        browser.client.delete_cookie("language")
    if way == "header" and not asked.isprintable():
        asked = "..\\evil"
    _opened.clear()
    _watch[0] = True
    try:
        if way == "argument":
            page = browser.get("/sign-in", query_string={"lang": asked})
        elif way == "cookie":
            browser.client.set_cookie("language", asked)
            page = browser.get("/sign-in")
        else:
            page = browser.get(
                "/sign-in", headers={"Accept-Language": asked.encode().decode("latin-1")}
            )
    finally:
        _watch[0] = False
    assert page.status == 200
    assert page.lang in {("en", "ltr"), ("ar", "rtl")}
    if way != "header":
        assert page.lang == ("en", "ltr")
        assert "language=" not in "".join(page.headers.getlist("Set-Cookie"))
    assert not [path for path in _opened if "evil" in path or "passwd" in path]
    assert i18n._catalogue.cache_info().currsize <= 2
