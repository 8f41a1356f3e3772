"""What people do while faults happen: each by one request, and each told to the ledger."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from accredit.assessment.domain import Stage
from accredit.evidence.bucket import store_for
from tests.faults.ledger import Deed, Ledger
from tests.real.client import Answer, File
from tests.real.instance import Instance
from tests.real.work import REASON, keep_file, walk_now

KINDS = ("score", "file", "person", "certificate")


class Poster(Protocol):
    """Whoever sends a form: a browser over HTTP, or a process that asks the application."""

    def post(
        self, path: str, form: dict[str, str] | None = None, files: dict[str, File] | None = None
    ) -> Answer: ...


@dataclass(frozen=True)
class Request:
    """A form that is to be sent, and by whom: a name of the cast."""

    who: str
    path: str
    form: dict[str, str]
    files: dict[str, File] | None = None


@dataclass
class Work:
    """Prepares deeds in an installation, each unlike all others."""

    instance: Instance
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def next(self, kind: str, *, size: int = 4_000) -> tuple[Deed, Request]:
        """A deed of this kind, and the request that does it."""
        number = next(self._numbers)
        make: dict[str, Callable[[int, int], tuple[Deed, Request]]] = {
            "score": self._score,
            "file": self._file,
            "person": self._person,
            "certificate": self._certificate,
        }
        return make[kind](number, size)

    def _walk(self, stage: Stage, cycle: str) -> tuple[int, int]:
        """A new assessment: its number and its version."""
        # A sweep takes the file out as long as no row speaks of it.
        keep_file(store_for(self.instance.settings))
        with self.instance.arranging() as session:
            found = walk_now(session, self.instance.cast, stage, cycle=cycle)
            return found.id, found.version

    def _score(self, number: int, _size: int) -> tuple[Deed, Request]:
        assessment, _ = self._walk(Stage.SELF_ASSESSMENT, f"s{number}")
        reason = f"Seen in the register, on page {number} of it."
        form = {"level": "good", "reason": reason, "version": ""}
        path = f"/assessments/{assessment}/elements/1.1/score"
        about = {"assessment": assessment}
        return Deed("score", reason, about), Request("contributor", path, form)

    def _file(self, number: int, size: int) -> tuple[Deed, Request]:
        content = (f"file {number} " * (size // 8 + 1)).encode()[:size]
        digest = hashlib.sha256(content).hexdigest()
        form = {"department": str(self.instance.cast.licensing), "title": f"File {number}"}
        files = {"files": (f"file-{number}.txt", content)}
        return Deed("file", digest, {}), Request("contributor", "/evidence/new", form, files)

    def _person(self, number: int, _size: int) -> tuple[Deed, Request]:
        email = f"person-{number}@example.org"
        form = {
            "name_en": f"Person {number}",
            "name_ar": f"شخص {number}",
            "email": email,
            "language": "ar",
            "role": "contributor",
            "place": f"d{self.instance.cast.licensing}",
        }
        return Deed("person", email, {}), Request("administrator", "/people/new", form)

    def _certificate(self, number: int, _size: int) -> tuple[Deed, Request]:
        assessment, version = self._walk(Stage.DECISION, f"c{number}")
        form = {"award": "accredited", "reason": REASON, "sure": "y", "version": str(version)}
        path = f"/assessments/{assessment}/decision"
        return (
            Deed("certificate", str(assessment), {"assessment": assessment}),
            Request("decision_maker", path, form),
        )


def do(poster: Poster, deed: Deed, request: Request, ledger: Ledger) -> Answer:
    """Send the request; whatever becomes of it, the ledger knows."""
    ledger.tried(deed)
    answer = poster.post(request.path, request.form, request.files)
    if answer.is_good:
        ledger.acknowledged(deed)
    return answer
