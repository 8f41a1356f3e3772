"""The product's server with a trap in it: `python -m tests.faults.failing --port … --workers …`.

`FAULT_POINT` names the point and `FAULT_ARMED` the file that arms it; a request is also handled
without a server, by a process that `ask` starts for it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from flask import Flask

from accredit.web.waiting_room import WaitingRoom
from tests.faults.deeds import Request
from tests.faults.points import POINTS, set_trap
from tests.real.client import MULTIPART, Answer, form_token, multipart

PATIENCE = 60.0


def create_app() -> Flask:
    """The application, which is killed at the point the environment names."""
    from accredit.app import create_app as make

    name = os.environ.get("FAULT_POINT")
    if name:
        set_trap(POINTS[name], Path(os.environ["FAULT_ARMED"]))
    return make()


def create_served() -> WaitingRoom:
    """The same as a server runs it."""
    from accredit.serving import behind_waiting_room

    return behind_waiting_room(create_app())


@dataclass(frozen=True)
class Asked:
    """What became of a request: its answer, or None where the process was killed before."""

    answer: Answer | None
    status: int


def ask(
    environ: Mapping[str, str], cookie: str, request: Request, *, name: str | None, armed: Path
) -> Asked:
    """Have a process of its own handle one request, with a trap at the point `name`."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.faults.failing", "accredit.app"])
    ours, theirs = processes.Pipe(duplex=False)
    given = {**environ, **({"FAULT_POINT": name, "FAULT_ARMED": str(armed)} if name else {})}
    process = processes.Process(target=_handle, args=(given, cookie, request, theirs))
    armed.touch()
    process.start()
    theirs.close()
    try:
        answer = ours.recv() if ours.poll(PATIENCE) else None
    except EOFError:
        answer = None
    process.join(PATIENCE)
    status = process.exitcode
    assert status is not None, "the process does not end"
    process.close()
    ours.close()
    return Asked(answer, status)


def _handle(environ: Mapping[str, str], cookie: str, request: Request, pipe: Any) -> None:
    # A group of its own: what kills it kills nobody else.
    os.setsid()
    os.environ.update(environ)
    client = create_app().test_client(use_cookies=False)
    page = client.get("/", headers={"Cookie": cookie})
    # What the page set takes the place of what was sent, as in a browser.
    cookies: SimpleCookie = SimpleCookie(cookie)
    for line in page.headers.getlist("Set-Cookie"):
        cookies.load(line)
    answer = client.post(
        request.path,
        data=multipart({"csrf_token": form_token(page.data), **request.form}, request.files or {}),
        content_type=MULTIPART,
        headers={"Cookie": "; ".join(f"{key}={one.value}" for key, one in cookies.items())},
    )
    pipe.send(Answer(answer.status_code, dict(answer.headers), answer.data, 0.0, 0.0))
    pipe.close()


def main() -> None:
    from accredit.config import load_settings
    from accredit.serving import server

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    runs = "tests.faults.failing:create_served"
    server(load_settings(), port=chosen.port, workers=chosen.workers, runs=runs).serve()


if __name__ == "__main__":
    main()
