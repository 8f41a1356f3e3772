"""A person in front of a real browser: opens pages, fills forms, presses buttons."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, TypedDict

from accredit.identity import totp

#: What each person wrote down when setting up a second factor, by e-mail address.
RECOVERY_CODES: dict[str, list[str]] = {}
ARABIC_LETTERS = re.compile(r"[\u0600-\u06ff]")


class File(TypedDict):
    """A file somebody chooses, as Playwright takes it."""

    name: str
    mimeType: str
    buffer: bytes


class PersonAtBrowser:
    """One person with a browser window of their own, in one language, who works with a mouse.

    Elements are found by form names, addresses and roles and never by their words, so that
    the same steps are walked in both languages. Other ways of working are in `ways.py`: they
    do otherwise what is below `How it is done`, and look at more than the language.
    """

    WINDOW: ClassVar[dict[str, Any]] = {"viewport": {"width": 1280, "height": 900}}
    SCRIPTS: ClassVar[bool] = True
    #: A folder for a picture of every page that is looked at, for whoever wants to see them.
    pictures: ClassVar[Path | None] = None

    def __init__(self, chromium: Any, base_url: str, language: str) -> None:
        self.base_url = base_url
        self.language = language
        self.window = chromium.new_context(
            locale="ar-AE" if language == "ar" else "en-GB", accept_downloads=True, **self.WINDOW
        )
        self.page = self.window.new_page()
        # Nothing here is about speed: a busy machine only takes longer.
        self.page.set_default_timeout(60_000)
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

    # How it is done.

    def reach(self, target: Any) -> None:
        """Come to a control: a pointer is there at once."""

    def press(self, target: Any) -> None:
        target.first.click()

    def write(self, target: Any, value: str) -> None:
        target.first.fill(value)

    def mark(self, target: Any) -> None:
        """Choose a radio button, tick a box."""
        target.first.check()

    def pick(self, target: Any, index: int) -> None:
        target.first.select_option(index=index)

    def attach(self, target: Any, files: Sequence[File]) -> None:
        target.first.set_input_files(list(files))

    def score(self, level: str, reason: str) -> None:
        """Award a level on the page of an element, save, and go on."""
        self.mark(self.level(level))
        self.fill(reason=reason)
        self.submit("/score")

    def look(self) -> None:
        """See that the page that has come is in the person's language and direction."""
        html = self.page.locator("html")
        assert html.get_attribute("lang") == self.language
        assert html.get_attribute("dir") == ("rtl" if self.language == "ar" else "ltr")
        heading = self.page.locator("main h1").first.inner_text()
        if self.language == "ar":
            assert ARABIC_LETTERS.search(heading), f"no Arabic in the heading {heading!r}"
        if self.pictures:
            self.pictures.mkdir(parents=True, exist_ok=True)
            name = re.sub("[^a-z0-9]+", "-", self.path.partition("?")[0])
            number = len(list(self.pictures.iterdir()))
            self.page.screenshot(path=self.pictures / f"{number:03}{name}.png", full_page=True)

    # What is done.

    def open(self, path: str) -> None:
        """Open a page by its address."""
        answer = self.page.goto(path if path.startswith("http") else self.base_url + path)
        assert answer.ok, f"{path} answered {answer.status}"
        self.look()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base_url)

    def find(self, selector: str) -> Any:
        """What is in the main part of the page."""
        return self.page.locator(f"main {selector}")

    def level(self, value: str) -> Any:
        """The radio button of a level, on the page of an element."""
        return self.find(f"[name=level][value={value}]")

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.write(self.find(f"[name={name}]"), value)

    def choose(self, **fields: str) -> None:
        """Pick options of lists by their value."""
        for name, value in fields.items():
            options = self.find(f"select[name={name}]").evaluate(
                "list => [...list.options].map(option => option.value)"
            )
            self.pick(self.find(f"select[name={name}]"), options.index(value))

    def choose_containing(self, name: str, *words: str) -> None:
        """Pick the first option of a list whose text, its group's label included, has all words."""
        index = self.find(f"select[name={name}]").evaluate(
            """(list, words) => [...list.options].findIndex(option => {
                const said = (option.parentElement.label ?? "") + " " + option.text;
                return words.every(word => said.includes(word));
            })""",
            list(words),
        )
        assert index >= 0, f"no option of {name} has {words}"
        self.pick(self.find(f"select[name={name}]"), index)

    def submit(self, action: str = "", *, within: str = "main") -> None:
        """Press the first button of the form whose address contains `action`.

        Where it lies behind a question whether this is meant, the question is opened first.
        """
        form = f"{within} form[method=post][action*='{action}'] button[type=submit]"
        closed = f"{within} .confirm:not([open]):has(form[action*='{action}']) > summary"
        if action and self.page.locator(closed).count():
            self.press(self.page.locator(closed))
        self.go(self.page.locator(form if action else "main form button[type=submit]"))

    def go(self, target: Any) -> None:
        """Press what leads to another page, and look at that."""
        # The way there may lead over the link that skips the menus, which navigates as well.
        self.reach(target)
        with self.another_page():
            self.press(target)

    @contextmanager
    def another_page(self) -> Iterator[None]:
        """What is done meanwhile leads to another page, which is looked at when it has come."""
        marked = "document.documentElement.dataset.toBeLeft"
        self.page.evaluate(f"() => {{ {marked} = '' }}")
        with self.page.expect_navigation():
            yield
        assert self.page.evaluate(f"() => {marked} === undefined"), f"{self.path}: still there"
        self.look()

    def follow(self, address_part: str) -> None:
        """Follow the first link in the page whose address contains the words."""
        self.go(self.find(f"a[href*='{address_part}']"))

    def choose_from_menu(self, address: str) -> None:
        """Go to a part of the site by the main menu, which may have to be opened first."""
        link = self.page.locator(f"#site-nav a[href='{address}']")
        if not link.is_visible():
            self.press(self.page.locator("button[popovertarget=site-nav]"))
        self.go(link)

    def download(self, selector: str) -> Path:
        with self.page.expect_download() as waiting:
            self.press(self.page.locator(selector))
        return Path(waiting.value.path())

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def choose_password(self, link: str, password: str) -> None:
        """What somebody invited does first."""
        self.open(f"{link}?lang={self.language}")
        self.fill(password=password, again=password)
        self.submit("/welcome/")

    def sign_in(self, email: str, password: str) -> None:
        self.open(f"/sign-in?lang={self.language}")
        self.fill(email=email, password=password)
        self.submit("sign-in")
        if self.path.startswith("/account/second-factor/app"):
            self._set_up_app(email)
        elif self.path.startswith("/sign-in/second-factor"):
            self.fill(code=RECOVERY_CODES[email].pop())
            self.go(self.find("form[action$='/second-factor'] button"))
        assert self.path == "/", f"signing in led to {self.path}"

    def _set_up_app(self, email: str) -> None:
        """What somebody with a weighty role does at their first sign-in."""
        key = self.page.locator("#app-key").inner_text().replace(" ", "")
        code = totp.code_at(base64.b32decode(key), totp.step_of(time.time()))
        self.fill(code=code)
        self.submit("/second-factor/app")
        RECOVERY_CODES[email] = self.page.locator("#recovery-codes li").all_inner_texts()
        self.go(self.find(".button-row a"))
