"""Block G, cookies, headers, hosts and caches: what every answer says of itself, and to whom."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator

import pytest
from flask import Flask

from accredit.app import create_app
from accredit.config import load_settings
from accredit.database import db
from accredit.web.pages import SAME_FOR_ALL
from tests.conftest import Browser, Page, World, make_settings
from tests.identity.steps import code, give_password, is_in, show_code
from tests.people import PASSWORD
from tests.routes import addresses

TLS = "https://accredit.example"


@pytest.fixture(scope="module")
def over_tls(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The installation as it is served over TLS under a name of its own."""
    folder = tmp_path_factory.mktemp("tls")
    settings = make_settings(
        folder, base_url=TLS, secure_cookies=True, database_url=world.databases.copy(folder)
    )
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def visitor(app: Flask, over_tls: Flask) -> Browser:
    """Somebody at a browser, over TLS."""
    with over_tls.app_context():
        # On PostgreSQL it is the database of the tests, which was just made anew.
        db.engine.dispose()
    return Browser(over_tls.test_client())


def get(browser: Browser, path: str, **options) -> Page:
    return browser.get(path, base_url=TLS, **options)


def post(browser: Browser, path: str, data=None, **options) -> Page:
    return browser.post(path, data, base_url=TLS, **options)


def sign_in(browser: Browser, actor) -> Page:
    return post(browser, "/sign-in", {"email": actor.email, "password": PASSWORD})


def cookie_line(page: Page, name: str) -> str:
    lines = [line for line in page.headers.getlist("Set-Cookie") if line.startswith(f"{name}=")]
    assert lines, page.headers.getlist("Set-Cookie")
    return lines[-1]


# Cookies


@pytest.mark.parametrize(
    ("case", "part"),
    [
        ("01 the __Host- name", r"^__Host-session="),
        ("02 over TLS alone", r"; Secure(;|$)"),
        ("03 not for scripts", r"; HttpOnly(;|$)"),
        ("04 not from other sites", r"; SameSite=Lax(;|$)"),
    ],
)
def test_the_cookie_of_a_session_is_bound_to_this_host(visitor, cast, case, part, request):
    request.node.user_properties.append(("programme", f"G cookies {case}"))
    page = sign_in(visitor, cast.leader)
    assert re.search(part, cookie_line(page, "__Host-session"))
    assert re.search(part.replace("session", "device"), cookie_line(page, "__Host-device"))


@pytest.mark.block("G", "cookies 05 for no other host")
def test_no_cookie_is_for_another_host(visitor, cast):
    page = sign_in(visitor, cast.leader)
    for line in page.headers.getlist("Set-Cookie"):
        assert "domain" not in line.lower()
        assert re.search(r"; Path=/(;|$)", line)


def token_of(browser: Browser) -> str | None:
    with browser.client.session_transaction() as cookie:
        return cookie.get("_user_id")


@pytest.mark.block("G", "cookies 06 a new one at sign-in and at the second step")
def test_signing_in_and_the_second_step_give_a_new_session(browse, cast):
    browser = browse(cast.leader)
    tokens = [token_of(browser)]
    browser.post("/sign-out")
    give_password(browser, cast.administrator)
    tokens.append(token_of(browser))
    show_code(browser, code(cast.administrator.app))
    tokens.append(token_of(browser))
    assert is_in(browser)
    assert None not in tokens
    assert len(set(tokens)) == 3


@pytest.mark.block("G", "cookies 06 a new one at sign-in and at the second step")
def test_a_cookie_planted_before_signing_in_does_not_become_the_session(browse, cast):
    victim, thief = browse(), browse()
    thief.get("/sign-in")
    planted = thief.client.get_cookie("session")
    if planted is not None:
        victim.client.set_cookie("session", planted.value)
    give_password(victim, cast.leader)
    assert is_in(victim)
    assert not is_in(thief)


@pytest.mark.block("G", "cookies 07 dead on the server after signing out")
def test_an_old_cookie_is_dead_after_signing_out(browse, cast):
    browser = browse()
    give_password(browser, cast.leader)
    kept = browser.client.get_cookie("session").value
    assert browser.post("/sign-out").status == 303
    thief = browse()
    thief.client.set_cookie("session", kept)
    assert not is_in(thief)


@pytest.mark.block("G", "cookies 07 dead on the server after signing out")
def test_failure_66_a_disabled_account_is_out_on_every_worker_at_once(
    app, world, browse, cast, arrange
):
    from accredit import clock
    from accredit.identity import accounts
    from accredit.identity.models import Person

    browser = browse(cast.leader)
    second = create_app(world.settings)
    other = second.test_client()
    other.set_cookie("session", browser.client.get_cookie("session").value)
    try:
        assert other.get("/account").status_code == 200
        with arrange() as session:
            accounts.set_active(
                session,
                session.get(Person, cast.leader.id),
                False,
                by=cast.administrator.id,
                at=clock.now(),
            )
        assert other.get("/account").status_code == 303
        assert not is_in(browser)
        with arrange() as session:
            accounts.set_active(
                session,
                session.get(Person, cast.leader.id),
                True,
                by=cast.administrator.id,
                at=clock.now(),
            )
        assert other.get("/account").status_code == 303, "an old session does not come back"
    finally:
        with second.app_context():
            db.engine.dispose()


@pytest.mark.block("G", "cookies 08 nothing of worth inside")
def test_a_cookie_holds_nothing_of_worth(browse, cast):
    browser = browse()
    give_password(browser, cast.leader)
    browser.get("/account")
    value = browser.client.get_cookie("session").value
    packed = value.startswith(".")
    part = value.lstrip(".").split(".")[0]
    raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    content = json.loads(zlib.decompress(raw) if packed else raw)
    assert set(content) <= {"_user_id", "csrf_token", "_flashes"}
    assert cast.leader.email not in str(content)
    assert re.fullmatch(r"[\w-]{43}", content["_user_id"])


# Headers


def _has_no_inline(page: Page) -> bool:
    policy = page.headers["Content-Security-Policy"]
    return "unsafe-inline" not in policy and "unsafe-eval" not in policy


HEADERS = {
    "01 TLS from now on": lambda page: (
        page.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    ),
    "02 no inline style or script": _has_no_inline,
    "03 no objects": lambda page: "object-src 'none'" in page.headers["Content-Security-Policy"],
    "04 no other base": lambda page: "base-uri 'none'" in page.headers["Content-Security-Policy"],
    "05 in no frame": lambda page: (
        "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    ),
    "06 forms to this site": lambda page: (
        "form-action 'self'" in page.headers["Content-Security-Policy"]
    ),
    "07 no guessing of types": lambda page: page.headers["X-Content-Type-Options"] == "nosniff",
    "08 no address told to others": lambda page: page.headers["Referrer-Policy"] == "same-origin",
    "09 not kept": lambda page: page.headers["Cache-Control"] == "no-store",
    "10 differs by cookie": lambda page: "Cookie" in page.headers["Vary"],
    "11 letters are UTF-8": lambda page: page.headers["Content-Type"] == "text/html; charset=utf-8",
    "12 no make of the server": lambda page: (
        page.headers.getlist("Server") == ["web"] and "X-Powered-By" not in page.headers
    ),
    "13 open to no other origin": lambda page: (
        not [name for name, _value in page.headers.items() if name.startswith("Access-Control")]
    ),
    "14 no old frame": lambda page: page.headers["X-Frame-Options"] == "DENY",
    "15 a window of its own": lambda page: (
        page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    ),
}


@pytest.fixture(scope="module")
def every_answer(over_tls: Flask, world: World) -> list[tuple[str, Page]]:
    """Every page, opened by a stranger and by somebody with rights, and every kind of error."""
    answers = []
    for actor in (None, world.cast.administrator, world.cast.leader):
        browser = Browser(over_tls.test_client())
        if actor is not None:
            with browser.client.session_transaction(base_url=TLS) as cookie:
                cookie["_user_id"] = actor.session_id
        for endpoint, path in addresses(over_tls, "GET", {}):
            if endpoint not in SAME_FOR_ALL:
                answers.append((path, get(browser, path)))
        answers.append(("unknown", get(browser, "/nowhere/at/all")))
        answers.append(("method", post(browser, "/account/security")))
        answers.append(("refused", post(browser, "/sign-in", {"email": "x", "password": "y"})))
        answers.append(("too large", get(browser, "/people/99999999999999999999")))
    assert {page.status for _path, page in answers} >= {200, 303, 403, 404, 405, 422}
    return answers


@pytest.mark.parametrize("case", HEADERS)
def test_every_page_and_every_error_says_what_it_must(every_answer, case, request):
    request.node.user_properties.append(("programme", f"G headers {case}"))
    looked_at = 0
    for path, page in every_answer:
        if page.headers["Content-Type"].startswith("text/html"):
            assert HEADERS[case](page), (case, path, page.status, dict(page.headers))
            looked_at += 1
    assert looked_at >= 100


def test_files_say_so_too(every_answer):
    files = [one for one in every_answer if not one[1].headers["Content-Type"].startswith("text/h")]
    assert files
    for path, page in files:
        assert page.headers["X-Content-Type-Options"] == "nosniff", path
        assert "Strict-Transport-Security" in page.headers, path
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"] or (
            "sandbox" in page.headers["Content-Security-Policy"]
        ), path
        assert "charset" in page.headers["Content-Type"] or not page.headers[
            "Content-Type"
        ].startswith("text/"), path


@pytest.mark.block("G", "headers 16 the check page stands in nobody's frame")
def test_the_page_that_checks_certificates_stands_in_no_frame(visitor):
    for path in ("/certificates/check", "/certificates/NSA-2026-000000-X"):
        page = get(visitor, path)
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Frame-Options"] == "DENY"


def test_without_tls_nothing_is_promised_about_it(browse):
    assert "Strict-Transport-Security" not in browse().get("/sign-in").headers


def test_no_page_holds_inline_style_or_script(every_answer):
    for path, page in every_answer:
        if page.tree is None:
            continue
        assert not page.tree.xpath("//*[@style]"), path
        assert not page.tree.xpath("//style"), path
        assert not page.tree.xpath("//script[not(@src)]"), path
        assert not page.tree.xpath("//*[@*[starts-with(name(), 'on')]]"), path
        assert not page.tree.xpath("//a[starts-with(@href, 'javascript:')]"), path


# Hosts


HOSTS = {
    "01 forged": {"HTTP_HOST": "evil.example"},
    "02 forged beside the real one": {"HTTP_HOST": "localhost, evil.example"},
    "03 with a name before it": {"HTTP_HOST": "localhost@evil.example"},
    "04 with a password": {"HTTP_HOST": "user:password@localhost"},
    "05 another port": {"HTTP_HOST": "accredit.example:8443"},
    "06 an IPv6 address": {"HTTP_HOST": "[2001:db8::1]"},
    "07 a dot at the end": {"HTTP_HOST": "accredit.example."},
    "08 empty": {"HTTP_HOST": ""},
    "09 the machine's inner name": {"HTTP_HOST": "accredit.internal"},
    "10 a name that begins alike": {"HTTP_HOST": "accredit.example.evil.example"},
}


@pytest.mark.parametrize("case", HOSTS)
def test_failure_27_a_host_that_is_not_ours_is_refused(over_tls, cast, case, request):
    request.node.user_properties.append(("programme", f"G hosts {case}"))
    client = over_tls.test_client()
    for path in ("/sign-in", "/certificates/check", "/static/mark.svg", "/nowhere"):
        answer = client.get(path, base_url=TLS, environ_overrides=HOSTS[case])
        assert answer.status_code == 400, path
        assert "evil" not in answer.text
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" in answer.headers


@pytest.mark.block("G", "hosts 11 upper case is the same host")
def test_upper_case_and_the_usual_port_are_the_same_host(over_tls):
    client = over_tls.test_client()
    for host in ("ACCREDIT.EXAMPLE", "accredit.example:443"):
        answer = client.get("/sign-in", base_url=TLS, environ_overrides={"HTTP_HOST": host})
        assert answer.status_code == 200, host


@pytest.mark.block("G", "hosts 12 what a proxy may say of the host is not heard")
def test_what_stands_in_other_headers_is_not_heard(over_tls, cast):
    client = over_tls.test_client()
    for headers in (
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example;proto=http"},
        {"X-Forwarded-Prefix": "//evil.example"},
        {"X-Original-URL": "/people", "X-Rewrite-URL": "/people"},
    ):
        answer = client.get("/account", base_url=TLS, headers=headers)
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/sign-in?next=%2Faccount"
        page = client.get("/sign-in", base_url=TLS, headers=headers)
        assert "evil" not in page.text


def test_further_hosts_are_served_by_setting(tmp_path):
    settings = load_settings(
        {
            "ACCREDIT_MODE": "test",
            "ACCREDIT_DATA_DIR": str(tmp_path),
            "ACCREDIT_BASE_URL": TLS,
            "ACCREDIT_TRUSTED_HOSTS": "10.0.0.5:8000, Other.Example",
        }
    )
    client = create_app(settings).test_client()

    def answered(host: str) -> int:
        answer = client.get("/static/mark.svg", environ_overrides={"HTTP_HOST": host})
        answer.close()
        return answer.status_code

    hosts = ("10.0.0.5:8000", "10.0.0.5", "other.example:80", "accredit.example:80")
    statuses = {host: answered(host) for host in hosts}
    assert statuses == {
        "10.0.0.5:8000": 200,
        "10.0.0.5": 400,
        "other.example:80": 400,
        "accredit.example:80": 400,
    }


# Caches


class Proxy:
    """A cache between browsers and the site that keeps what it is allowed to keep."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.kept: dict[tuple[str, str], Page] = {}
        self.hits = 0

    def get(self, path: str, cookie: str) -> Page:
        for vary in ("", cookie):
            if (path, vary) in self.kept:
                self.hits += 1
                return self.kept[path, vary]
        client = self.app.test_client(use_cookies=False)
        page = Page(client.get(path, headers={"Cookie": cookie} if cookie else {}))
        control = page.headers.get("Cache-Control", "")
        if page.status == 200 and "no-store" not in control and "private" not in control:
            varies = "cookie" in page.headers.get("Vary", "").lower()
            self.kept[path, cookie if varies else ""] = page
        return page


PRIVATE = {
    "1 one's own account": "/account",
    "2 one's own sessions": "/account/security",
    "3 the first page": "/",
    "4 lists": "/assessments/",
    "5 exports": "/improvement-actions/plan.csv",
    "6 files by their address": "/evidence/",
    "7 the sign-in page with its token": "/sign-in",
}


@pytest.mark.parametrize("case", PRIVATE)
def test_failure_08_and_35_a_cache_between_hands_nobody_anothers_page(
    app, browse, cast, case, request
):
    request.node.user_properties.append(("programme", f"G caches {case}"))
    path = PRIVATE[case]
    proxy = Proxy(app)
    cookies = []
    for actor in (cast.leader, cast.stranger_leader, None):
        browser = browse(actor)
        cookie = browser.client.get_cookie("session")
        cookies.append("language=en" + (f"; session={cookie.value}" if cookie else ""))
    first, second, third = (proxy.get(path, cookie) for cookie in cookies)
    assert proxy.hits == 0
    assert proxy.kept == {}
    for page in (first, second, third):
        assert "Cookie" in page.headers.get("Vary", "")
    assert "Layla Hassan" not in second.body.decode()
    assert "Layla Hassan" not in third.body.decode()


@pytest.mark.block("G", "caches 8 what never changes may be kept")
def test_what_is_the_same_for_everybody_may_be_kept(app, browse):
    page = browse().get("/sign-in")
    proxy = Proxy(app)
    for path in page.tree.xpath("//link[@rel='stylesheet']/@href | //script/@src"):
        proxy.get(path, "session=one")
        kept = proxy.get(path, "session=two")
        assert "Set-Cookie" not in kept.headers
        assert "immutable" in kept.headers["Cache-Control"]
    # Kept once, whoever asks: a cookie that changes makes nobody ask again.
    assert len(proxy.kept) == proxy.hits >= 4
