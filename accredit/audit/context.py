"""In whose hands the program is while something is recorded: set at the edge, read by events."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Acting:
    """The request being served, and in which roles its person acts at a place.

    `roles_at` is asked with the organisation and the department an event belongs to. With
    `strict`, a protected row that changes without an event is an error and not only an event.
    """

    request_id: str
    roles_at: Callable[[int | None, int | None], str | None]
    strict: bool = False


#: None where no request is served: commands, migrations, a job.
acting: ContextVar[Acting | None] = ContextVar("acting", default=None)
