"""Block G, redirects: whoever signs in stays on the site."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest

from tests.identity.steps import code
from tests.people import PASSWORD

#: Thirty ways to say "elsewhere".
ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/////evil.example/%2f..",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "http://localhost@evil.example",
    "http://localhost.evil.example",
    "//localhost@evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "%2f%2fevil.example",
    "/%5cevil.example",
    "@evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "\u3002evil.example",
    "//evil\u3002example",
    "/\u2044/evil.example",
    "///\\;@evil.example",
)
#: The addresses a browser resolves a redirect against.
HERE = "http://localhost/sign-in"


def leads_to(location: str) -> str:
    """The host a browser goes to: it reads a backslash as a slash and drops white space."""
    said = "".join(sign for sign in location if sign not in "\t\r\n").replace("\\", "/")
    target = urlsplit(urljoin(HERE, said))
    return f"{target.scheme}://{target.netloc}"


def test_there_are_thirty():
    assert len(set(ELSEWHERE)) == 30


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=range(30))
def test_failure_23_and_37_signing_in_stays_on_the_site(browse, cast, elsewhere, request):
    number = ELSEWHERE.index(elsewhere) + 1
    request.node.user_properties.append(("programme", f"G redirects {number:02}"))
    sent = {"email": cast.leader.email, "password": PASSWORD}
    answers = [
        browse().post("/sign-in", {**sent, "next": elsewhere}),
        browse().post("/sign-in", sent, query_string={"next": elsewhere}),
        # Given twice, the first counts, wherever it leads.
        browse().post("/sign-in", {**sent, "next": [elsewhere, "/account"]}),
        browse(cast.leader).get("/sign-in", query_string={"next": elsewhere}),
    ]
    for answer in answers:
        assert answer.status in (302, 303)
        assert leads_to(answer.location) == "http://localhost", answer.location


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=range(30))
def test_the_second_step_stays_on_the_site_too(browse, cast, elsewhere):
    browser = browse()
    first = browser.post(
        "/sign-in",
        {"email": cast.administrator.email, "password": PASSWORD, "next": elsewhere},
    )
    assert leads_to(first.location) == "http://localhost"
    sent = {"code": code(cast.administrator.app), "next": elsewhere}
    second = browser.post("/sign-in/second-factor", sent)
    assert second.status == 303
    assert leads_to(second.location) == "http://localhost"
