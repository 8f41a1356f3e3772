"""What is done on a page before its picture is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accredit.config import resource_dir
from accredit.identity.passwords import DEMO_PASSWORD

_SEND = "main form[method=post]"


def send_empty(page: Any) -> None:
    """Send the first form as it is."""
    with page.expect_navigation():
        page.locator(f"{_SEND} button[type=submit]").first.click()


def wrong_password(page: Any) -> None:
    _sign_in(page, "khalid@waha.example", "not the password")


def password_alone(page: Any) -> None:
    """Somebody whose role asks for a second factor, half-way in."""
    _sign_in(page, "sara@waha.example", DEMO_PASSWORD)


def _sign_in(page: Any, email: str, password: str) -> None:
    page.fill("main [name=email]", email)
    page.fill("main [name=password]", password)
    send_empty(page)


def send_a_faulty_standard(page: Any) -> None:
    text = (resource_dir("criteria") / "cx-self-check.yaml").read_text()
    faulty = text.replace("version:", "versoin:").replace("weight: 2", "weight: -2")
    _attach(page, "self-check.yaml", faulty.encode())
    send_empty(page)


def start_what_is_closed(page: Any) -> None:
    """Send a form to an address that answers no: 409."""
    page.locator(_SEND).first.evaluate("form => form.action = '/assessments/1/start'")
    send_empty(page)


def leave_alone(page: Any) -> None:
    """Be away for so long that the session will soon end."""
    page.clock.install()
    page.reload()
    page.clock.fast_forward(56 * 60_000)
    page.locator("[data-session] .notice").wait_for()


def send_answers(page: Any) -> None:
    """The first step of an import, up to the choice of columns."""
    rows = [f"2026-10-{day:02},{day % 5 + 1},{('ar', 'en')[day % 2]}" for day in range(1, 29)]
    page.select_option("main [name=kpi]", "csat")
    _attach(page, "إجابات أكتوبر.csv", "\n".join(["day,answer,language", *rows]).encode())
    send_empty(page)


def _attach(page: Any, name: str, content: bytes) -> None:
    page.set_input_files(
        "main [name=file]",
        {"name": name, "mimeType": "application/octet-stream"} | {"buffer": content},
    )


ACTS: dict[str, Callable[[Any], None]] = {
    act.__name__: act
    for act in (
        send_empty,
        wrong_password,
        password_alone,
        send_a_faulty_standard,
        start_what_is_closed,
        leave_alone,
    )
}
