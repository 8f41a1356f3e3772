"""Ways of working at a browser: by the keyboard, on a telephone, zoomed in, without scripts.

What people do is told once, in `journey.py`; a way says how each step is done, and what must be
true of every page and every control on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from tests.accessibility.looking import (
    CLIPPED,
    COVERED,
    OVERFLOWING,
    STICKING_OUT,
    UNSEEN_HERE,
)
from tests.browser.person_at_browser import File, PersonAtBrowser

#: So many stops are on the longest way to a control, from where its part of the page begins.
MOST_STOPS = 90

#: Where the focus is, seen from a control: on it, on a radio button of its group, before, after.
WHERE = """(wanted) => {
    const here = document.activeElement;
    if (here === wanted) return "there";
    if (wanted.type === "radio" && here.name === wanted.name && here.form === wanted.form) {
        return "group";
    }
    const outside = !here.closest("main, aside, dialog") && wanted.closest("main, aside");
    if (outside) return "outside";
    const before = wanted.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING;
    return here !== document.body && before ? "after" : "before";
}"""
ON_SKIP_LINK = "document.activeElement.classList.contains('skip-link')"
#: Buttons that only a script could answer.
DEAD = """() => [...document.querySelectorAll("button[type=button]:not([popovertarget])")]
    .filter((button) => button.checkVisibility()).map((button) => button.outerHTML.slice(0, 120))"""


class ByKeyboard(PersonAtBrowser):
    """Reaches everything by Tab, arrows, Enter and Space; sees at each stop where they are."""

    def __init__(self, chromium: Any, base_url: str, language: str) -> None:
        super().__init__(chromium, base_url, language)
        # Chromium tells of a file chooser only while somebody listens. Beginning to listen takes
        # a moment, and the key must not be quicker.
        self.page.on("filechooser", lambda chooser: None)

    def reach(self, target: Any) -> None:
        """Walk to a control as the keys lead, past the menus by the link that skips them."""
        wanted = target.first.element_handle()
        skipped = False
        for _ in range(MOST_STOPS):
            where = self.page.evaluate(WHERE, wanted)
            if where == "there":
                return
            if where == "outside" and not skipped:
                skipped = True
                self._skip_the_menus()
                continue
            key = {"group": "ArrowDown", "after": "Shift+Tab"}.get(where, "Tab")
            self.page.keyboard.press(key)
            unseen = self.page.evaluate(UNSEEN_HERE)
            assert unseen == [], f"{self.path}: {unseen}"
        raise AssertionError(f"{self.path}: no key leads to {target}")

    def _skip_the_menus(self) -> None:
        """Use the first link of every page."""
        while not self.page.evaluate(ON_SKIP_LINK):
            elsewhere = self.page.evaluate("document.activeElement !== document.body")
            self.page.keyboard.press("Shift+Tab" if elsewhere else "Tab")
        self.page.keyboard.press("Enter")

    def press(self, target: Any) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def write(self, target: Any, value: str) -> None:
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(value)

    def mark(self, target: Any) -> None:
        """Radio buttons are chosen as the arrows reach them, boxes by the space bar."""
        self.reach(target)
        if not target.first.is_checked():
            self.page.keyboard.press("Space")

    def pick(self, target: Any, index: int) -> None:
        self.reach(target)
        chosen = "document.activeElement.selectedIndex"
        for _ in range(200):
            now = self.page.evaluate(chosen)
            if now == index:
                return
            self.page.keyboard.press("ArrowDown" if now < index else "ArrowUp")
        raise AssertionError(f"{self.path}: the arrows do not reach option {index}")

    def attach(self, target: Any, files: Sequence[File]) -> None:
        self.reach(target)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(list(files))

    def score(self, level: str, reason: str) -> None:
        """By the keys the page offers, without leaving them."""
        digit = self.level(level).get_attribute("data-level-key")
        self.page.keyboard.press(digit)
        assert self.level(level).is_checked()
        self.page.keyboard.press("r")
        self.page.keyboard.type(reason)
        with self.another_page():
            self.page.keyboard.press("Control+Enter")


class _WithLittleRoom(PersonAtBrowser):
    """Looks whether each page fits the window, and each control is to be seen when it is used."""

    def look(self) -> None:
        super().look()
        for what, script in (
            ("sticks out", STICKING_OUT),
            ("is cut off", CLIPPED),
            ("hangs over", OVERFLOWING),
        ):
            found = self.page.evaluate(script)
            assert found == [], f"{self.path}: {what}: {found}"

    def _see(self, target: Any) -> None:
        assert not target.first.evaluate(COVERED), f"{self.path}: {target} is covered"

    def press(self, target: Any) -> None:
        self._see(target)
        super().press(target)

    def write(self, target: Any, value: str) -> None:
        self._see(target)
        super().write(target, value)

    def mark(self, target: Any) -> None:
        self._see(target)
        super().mark(target)

    def pick(self, target: Any, index: int) -> None:
        self._see(target)
        super().pick(target, index)


class OnTelephone(_WithLittleRoom):
    """A telephone of 320 pixels, the narrowest there is, under a finger."""

    WINDOW: ClassVar[dict[str, Any]] = {
        "viewport": {"width": 320, "height": 640},
        "is_mobile": True,
        "has_touch": True,
    }

    def press(self, target: Any) -> None:
        self._see(target)
        target.first.tap()

    def mark(self, target: Any) -> None:
        self._see(target)
        name = target.first.get_attribute("id")
        self.page.locator(f"label[for='{name}']").tap()
        assert target.first.is_checked()


class ZoomedIn(_WithLittleRoom):
    """A screen of 1280 by 1024 at 200 %."""

    WINDOW: ClassVar[dict[str, Any]] = {
        "viewport": {"width": 640, "height": 512},
        "device_scale_factor": 2,
    }


class WithoutScripts(PersonAtBrowser):
    """A browser that runs no script: every form is sent by itself."""

    WINDOW: ClassVar[dict[str, Any]] = {**PersonAtBrowser.WINDOW, "java_script_enabled": False}
    SCRIPTS = False

    def look(self) -> None:
        super().look()
        dead = self.page.evaluate(DEAD)
        assert dead == [], f"{self.path}: nothing answers {dead}"


WAYS: dict[str, type[PersonAtBrowser]] = {
    "mouse": PersonAtBrowser,
    "keyboard": ByKeyboard,
    "telephone": OnTelephone,
    "zoomed": ZoomedIn,
    "without scripts": WithoutScripts,
}
