"""Somebody at a browser: a kept connection, cookies, and the token every form carries."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from lxml import html as lxml_html

PATIENCE = 60.0
MOST_BUSY = 100
_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
_BOUNDARY = "a-boundary-that-stands-in-no-file"
MULTIPART = f"multipart/form-data; boundary={_BOUNDARY}"

File = tuple[str, bytes]


@dataclass(frozen=True)
class Answer:
    """What came back, and between which moments it did."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    start: float
    end: float

    @property
    def is_good(self) -> bool:
        """Whether the server said that it was done."""
        return self.status < 400

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def hidden(self, name: str) -> str:
        """The value of a hidden field on the page."""
        found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', self.text)
        assert found, f"no field {name}: {self.status} {self.text[:300]}"
        return found[1]

    def form(self, words: str) -> dict[str, str]:
        """What the form with these words on it would send untouched."""
        tree = lxml_html.fromstring(self.text)
        for form in tree.xpath("//form[@method='post']"):
            if words in form.text_content():
                return dict(form.form_values())
        raise AssertionError(f"no form says {words!r}")


class BrokenOffError(Exception):
    """The connection ended before the whole answer was there: nobody knows what became of it."""


@dataclass
class Client:
    """Requests as one person, over one connection.

    A client that is `ready` sends the cookies it has then for ever, so that what pages tell in
    passing does not pile up in them. One that is `patient` asks again where the server is busy.
    """

    port: int
    cookie: str = ""
    token: str = ""
    is_ready: bool = False
    patient: bool = False
    #: How often it was told to come back.
    told_busy: int = 0
    _connection: http.client.HTTPConnection | None = None
    _cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def __post_init__(self) -> None:
        self._cookies.load(self.cookie)

    def connect(self) -> http.client.HTTPConnection:
        """The open connection, so that a request costs nothing but itself."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            self._connection.connect()
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def ready(self, page: str = "/") -> Client:
        """Open a page for the token of its forms; sending then needs no other page."""
        self.token, self.is_ready = form_token(self.get(page).body), True
        return self

    def renew(self) -> Client:
        """Over a new connection, which another of the server's processes may take."""
        self.close()
        self.connect()
        return self

    def another(self) -> Client:
        """The same window once more, with a connection of its own."""
        again = Client(self.port, self.cookies, self.token, is_ready=True, patient=self.patient)
        return again.renew()

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(
        self,
        path: str,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, File] | None = None,
        **headers: str,
    ) -> Answer:
        """Send a form as a browser does, with files if there are any."""
        values = {"csrf_token": self.token, **(form or {})}
        if files is None:
            kind, body = "application/x-www-form-urlencoded", urlencode(values).encode()
        else:
            kind, body = MULTIPART, multipart(values, files)
        return self._ask("POST", path, body, {"Content-Type": kind, **headers})

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        answer = self._ask_once(method, path, body, headers)
        while answer.status == 503 and self.patient and self.told_busy < MOST_BUSY:
            # It says that nothing was changed; if that is not so, it will show.
            self.told_busy += 1
            time.sleep(0.2)
            answer = self._ask_once(method, path, body, headers)
        return answer

    def _ask_once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        start = time.monotonic()
        try:
            connection = self.connect()
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {"Cookie": self.cookies, **sent})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise BrokenOffError(f"{method} {path}: {error!r}") from error
        for line in () if self.is_ready else answer.headers.get_all("Set-Cookie") or ():
            self._cookies.load(line)
        named = {name.lower(): value for name, value in answer.headers.items()}
        if answer.will_close:
            self.close()
        return Answer(answer.status, named, content, start, time.monotonic())

    @property
    def cookies(self) -> str:
        """As a browser sends them."""
        return "; ".join(f"{name}={morsel.value}" for name, morsel in self._cookies.items())


def form_token(page: bytes) -> str:
    """The token that a form of this page sends."""
    found = _TOKEN.search(page)
    assert found, f"no form on this page: {page[:300]!r}"
    return found[1].decode()


def multipart(values: Mapping[str, str], files: Mapping[str, File]) -> bytes:
    """The body of a form with files."""
    parts = [_part(f'name="{name}"', value.encode()) for name, value in values.items()]
    parts += [
        _part(f'name="{name}"; filename="{file_name}"', content)
        for name, (file_name, content) in files.items()
    ]
    return b"".join([*parts, f"--{_BOUNDARY}--\r\n".encode()])


def _part(about: str, content: bytes) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {about}\r\n\r\n"
    return head.encode() + content + b"\r\n"


Request = Callable[[], Answer]


def all_at_once(requests: Sequence[Request]) -> list[Answer]:
    """Send every request from a thread of its own, all let go by one barrier."""
    import threading

    barrier = threading.Barrier(len(requests))
    answers: list[Answer | BaseException | None] = [None] * len(requests)

    def send(number: int) -> None:
        try:
            barrier.wait(PATIENCE)
            answers[number] = requests[number]()
        except BaseException as error:
            answers[number] = error

    threads = [threading.Thread(target=send, args=(n,)) for n in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return [answer for answer in answers if isinstance(answer, Answer)]
