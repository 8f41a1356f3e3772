"""What every page of the demonstration costs beside a bare page: `python -m bench.every_page`.

The pages are those that `make screenshots` pictures, asked for by the same people, in English and
in Arabic. One that shows something only after somebody did something there, or opened the link of a
mail, is left out.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from http.client import RemoteDisconnected
from pathlib import Path
from urllib.parse import quote

from lxml import html as lxml_html
from sqlalchemy import select

from bench import floors
from bench.measure import Timing, time_in_turns
from bench.server import HttpClient, Served, accredit_serve, floor_serve, serve
from bench.world import application, cookie_of
from tests.pictures.places import find_places
from tests.pictures.shots import SHOTS, Shot

LIMIT = 3.0
ROUNDS = 40
#: Security keys belong to a name; here the host is a number.
_NOT_BY_NUMBER = frozenset({"identity.new_key"})
#: Nobody listens there; with it there are the pages of an installation that sends mail.
_MAIL = {
    "ACCREDIT_SMTP_HOST": "127.0.0.1",
    "ACCREDIT_SMTP_PORT": "1",
    "ACCREDIT_SMTP_SECURITY": "none",
    "ACCREDIT_MAIL_FROM": "accredit@waha.example",
}
_MAILED = ("{invitation}", "{reset}")
_BARE = "floor: bare Jinja page of 100 rows"


def measure(data: Path, environ: Mapping[str, str]) -> None:
    """Measure all pages over a copy of the demonstration in `data`, and print them."""
    with tempfile.TemporaryDirectory(prefix="bench-pages-", dir=data.parent) as name:
        copy = Path(name) / "data"
        shutil.copytree(data, copy)
        environ = {**environ, **_MAIL, "ACCREDIT_DATA_DIR": str(copy)}
        places = find_places({**os.environ, **environ})
        shots = [
            shot
            for shot in SHOTS
            if not shot.act
            and shot.endpoint
            and _known(shot, places)
            and not shot.address.startswith(_MAILED)
        ]
        cookies = _cookies(environ, {shot.who for shot in shots if shot.who})
        (Path(name) / "floor").mkdir()
        with (
            serve(floor_serve(), {floors.FOLDER: str(Path(name) / "floor")}, "/bare") as floor,
            serve(accredit_serve(), environ, "/sign-in") as served,
        ):
            _print(_time(floor, served, shots, places, cookies))
        left_out = sorted({shot.name for shot in SHOTS} - {shot.name for shot in shots})
        print(f"left out, since something is done first: {', '.join(left_out)}")


def _known(shot: Shot, places: Mapping[str, str]) -> bool:
    return all(place in places for place in re.findall(r"\{(.+?)\}", shot.address))


def _cookies(environ: Mapping[str, str], names: set[str]) -> dict[str, str]:
    from accredit.database import db
    from accredit.identity.models import Person

    with application(environ) as app:
        people = db.session.scalars(select(Person).where(Person.is_demo)).all()
        by_name = {person.email.partition("@")[0]: person for person in people}
        return {name: cookie_of(app, by_name[name]) for name in names}


def _time(
    floor: Served,
    served: Served,
    shots: list[Shot],
    places: Mapping[str, str],
    cookies: Mapping[str, str],
) -> dict[str, Timing]:
    bare = HttpClient(floor.port)
    calls: dict[str, Callable[[int], object]] = {_BARE: partial(_ask, bare, "/rows", 200)}
    for language in ("en", "ar"):
        for shot in shots:
            cookie = cookies[shot.who].replace("language=en", "") if shot.who else ""
            client = HttpClient(
                served.port, f"{cookie.strip('; ')}; language={language}".strip("; ")
            )
            path = _find(client, shot, places)
            if shot.endpoint in _NOT_BY_NUMBER:
                continue
            expect = 404 if shot.state == "unknown" else 200
            calls[f"{shot.name} {language}"] = partial(_ask, client, path, expect)
    return time_in_turns(calls, rounds=ROUNDS, warm_up=3, turn=5)


def _ask(client: HttpClient, path: str, expect: int, number: int) -> None:
    try:
        client.get(path, expect=expect, visitor=number)
    except (RemoteDisconnected, ConnectionResetError):
        # The server closes a connection that was idle while all the others were asked.
        client.connection.close()
        client.get(path, expect=expect, visitor=number)


def _find(client: HttpClient, shot: Shot, places: Mapping[str, str]) -> str:
    """The address of a page: places put in, and links followed."""
    first, *links = (part.strip() for part in shot.address.split(" > "))
    path = re.sub(r"\{(.+?)\}", lambda found: places[found.group(1)], first)
    for link in links:
        page = lxml_html.fromstring(client.get(path))
        hrefs = page.xpath("//body//a[ancestor::main or ancestor::aside or ancestor::nav]/@href")
        path = next(href for href in hrefs if re.search(link, href))
    return quote(path, safe="/?&=%:")


def _print(times: Mapping[str, Timing]) -> None:
    floor = times[_BARE]
    pages = sorted(times.items(), key=lambda item: -item[1].p50)
    over = [name for name, timing in pages if timing.p50 > LIMIT * floor.p50]
    print(f"\n{'every page':44}{'p50 ms':>9}{'p95 ms':>9}{'ratio':>8}")
    for name, timing in pages:
        print(
            f"{name:44}{timing.p50 * 1000:9.2f}{timing.p95 * 1000:9.2f}"
            f"{timing.p50 / floor.p50:8.2f}"
        )
    print(f"{len(pages) - 1} pages, {len(over)} above {LIMIT:g} times a bare page of 100 rows")


def main() -> None:
    """Load the demonstration and measure every page of it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        data = Path(name) / "data"
        environ = {
            "ACCREDIT_MODE": "demo",
            "ACCREDIT_LIMIT_FACTOR": "1000000",
            "ACCREDIT_DATA_DIR": str(data),
            "ACCREDIT_TRUSTED_PROXIES": "127.0.0.1/32",
        }
        command = [sys.executable, "-m", "accredit", "demo"]
        quiet = subprocess.DEVNULL
        subprocess.run(command, env={**os.environ, **environ}, check=True, stdout=quiet)
        measure(data, environ)


if __name__ == "__main__":
    main()
