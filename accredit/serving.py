"""The server of `accredit serve`: granian, with a thread for every connection."""

from __future__ import annotations

import logging
from threading import Thread
from typing import Any

from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.server import Server
from granian.server.common import AbstractServer

from accredit.app import create_served
from accredit.config import Settings
from accredit.log import of_server
from accredit.web.connections import Patience
from accredit.web.pulse import give_pulse, watch_pulses
from accredit.web.waiting_room import WaitingRoom

#: Connections of a process, not requests: each browser keeps up to six of them open while nobody
#: asks for anything. Whoever comes beyond these waits until another one is closed.
CONNECTIONS = 512


def served() -> WaitingRoom:
    """What a process of the server runs."""
    return behind_waiting_room(create_served())


def behind_waiting_room(app: Flask) -> WaitingRoom:
    """The application, which sees a request when its body is there whole."""
    settings: Settings = app.config["SETTINGS"]
    patience = Patience(
        pause=settings.body_pause.total_seconds(), whole=settings.body_whole.total_seconds()
    )
    room = WaitingRoom(
        app,
        largest=app.config["MAX_CONTENT_LENGTH"],
        largest_form=app.config["MAX_FORM_MEMORY_SIZE"],
        patience=patience,
    )
    Thread(target=room.watch, name="slow bodies", daemon=True).start()
    give_pulse()
    return room


def server(
    settings: Settings,
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    runs: str = "accredit.serving:served",
) -> AbstractServer[Any]:
    """The server, not yet begun; what is not said is taken from the settings."""
    # Of that many threads all but a few wait, which is what they are for.
    logging.getLogger("_granian").addFilter(lambda line: "Python threads" not in line.getMessage())
    made: AbstractServer[Any] = Server(
        runs,
        factory=True,
        interface=Interfaces.WSGI,
        # One request after another on a connection, or a thread for each would not be enough.
        http=HTTPModes.http1,
        address=host or settings.host,
        port=port or settings.port,
        workers=workers or settings.workers,
        respawn_failed_workers=True,
        workers_kill_timeout=15,
        backpressure=CONNECTIONS,
        blocking_threads=CONNECTIONS,
        websockets=False,
        log_dictconfig=of_server(as_json=settings.log_as_json),
    )
    made.on_startup(
        lambda: watch_pulses(
            lambda: [process for worker in made.wrks if (process := worker.inner.pid)],
            settings.pulse_pause.total_seconds(),
        )
    )
    return made
