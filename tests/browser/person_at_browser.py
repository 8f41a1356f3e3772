"""A person in front of a real browser: opens pages, fills forms, presses keys."""

from __future__ import annotations

import base64
import re
import time
from pathlib import Path
from typing import Any

from accredit.identity import totp

#: What each person wrote down when setting up a second factor, by e-mail address.
RECOVERY_CODES: dict[str, list[str]] = {}
ARABIC_LETTERS = re.compile(r"[\u0600-\u06ff]")


class PersonAtBrowser:
    """One person with a browser window of their own, in one language.

    Elements are found by form names, addresses and roles and never by their words, so that
    the same steps are walked in both languages.
    """

    def __init__(self, chromium: Any, base_url: str, language: str) -> None:
        self.base_url = base_url
        self.language = language
        self.window = chromium.new_context(
            locale="ar-AE" if language == "ar" else "en-GB",
            accept_downloads=True,
            viewport={"width": 1280, "height": 900},
        )
        self.page = self.window.new_page()
        self.page.set_default_timeout(10_000)
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on(
            "response",
            lambda answer: (
                self.problems.append(f"{answer.status} {answer.url}")
                if answer.status >= 500
                else None
            ),
        )

    def close(self) -> None:
        self.window.close()
        assert self.problems == []

    def open(self, path: str) -> None:
        """Open a page and see that it is in the person's language and direction."""
        answer = self.page.goto(path if path.startswith("http") else self.base_url + path)
        assert answer.ok, f"{path} answered {answer.status}"
        self.check_language()

    def check_language(self) -> None:
        html = self.page.locator("html")
        assert html.get_attribute("lang") == self.language
        assert html.get_attribute("dir") == ("rtl" if self.language == "ar" else "ltr")
        heading = self.page.locator("main h1").first.inner_text()
        if self.language == "ar":
            assert ARABIC_LETTERS.search(heading), f"no Arabic in the heading {heading!r}"

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base_url)

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.fill(f"main [name={name}]", value)

    def choose(self, **fields: str) -> None:
        """Pick options of lists by their value."""
        for name, value in fields.items():
            self.page.select_option(f"main select[name={name}]", value)

    def choose_containing(self, name: str, *words: str) -> None:
        """Pick the first option of a list whose text, its group's label included, has all words."""
        index = self.page.locator(f"main select[name={name}]").evaluate(
            """(list, words) => [...list.options].findIndex(option => {
                const said = (option.parentElement.label ?? "") + " " + option.text;
                return words.every(word => said.includes(word));
            })""",
            list(words),
        )
        assert index >= 0, f"no option of {name} has {words}"
        self.page.select_option(f"main select[name={name}]", index=index)

    def submit(self, action: str = "", *, within: str = "main") -> None:
        """Press the first button of the form whose address contains `action`.

        Where the page asks whether this is meant, the answer is yes.
        """
        form = f"{within} form[method=post][action*='{action}'] button[type=submit]"
        question = self.page.locator("#confirm-dialog[open] button[value=yes]")
        with self.page.expect_navigation():
            self.page.locator(form if action else "main form button[type=submit]").first.click()
            if question.count():
                question.click()

    def sign_in(self, email: str, password: str) -> None:
        self.open(f"/sign-in?lang={self.language}")
        self.fill(email=email, password=password)
        self.submit("sign-in")
        if self.path.startswith("/account/second-factor/app"):
            self._set_up_app(email)
        elif self.path.startswith("/sign-in/second-factor"):
            self.fill(code=RECOVERY_CODES[email].pop())
            with self.page.expect_navigation():
                self.page.locator("main form[action$='/second-factor'] button").click()
        assert self.path == "/", f"signing in led to {self.path}"

    def _set_up_app(self, email: str) -> None:
        """What somebody with a weighty role does at their first sign-in."""
        key = self.page.locator("#app-key").inner_text().replace(" ", "")
        code = totp.code_at(base64.b32decode(key), totp.step_of(time.time()))
        self.fill(code=code)
        self.submit("/second-factor/app")
        RECOVERY_CODES[email] = self.page.locator("#recovery-codes li").all_inner_texts()
        with self.page.expect_navigation():
            self.page.locator("main .button-row a").click()

    def follow(self, address_part: str) -> None:
        """Follow the first link in the page whose address contains the words."""
        self.page.locator(f"main a[href*='{address_part}']").first.click()
        self.page.wait_for_load_state()

    def download(self, selector: str) -> Path:
        with self.page.expect_download() as waiting:
            self.page.locator(selector).first.click()
        return Path(waiting.value.path())

    def text(self) -> str:
        return self.page.locator("main").inner_text()
