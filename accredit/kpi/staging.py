"""Uploaded files that wait for their mapping to be confirmed; nothing of them is stored yet.

A file waits in a folder of its own under a random name that no one can guess, belongs to
the person who sent it, and is gone after two hours.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer

from accredit.identity.domain import NotFoundError
from accredit.text import N_, RuleError

KEPT_FOR = timedelta(hours=2)


class NotWaitingError(RuleError):
    """The file waits no longer."""

    def __init__(self) -> None:
        super().__init__(
            N_("This file waits no longer: files wait for two hours. Choose it again.")
        )


@dataclass(frozen=True, slots=True)
class About:
    """What was said when the file was sent."""

    department_id: int
    kpi: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits, with its bytes."""

    about: About
    data: bytes


class Staging:
    """The folder of waiting files; `secret` signs the tokens by which people find theirs."""

    def __init__(self, root: Path, secret: str) -> None:
        self.root = root
        self._signer = URLSafeSerializer(
            secret, salt="kpi-staging", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def put(self, data: bytes, about: About, *, person_id: int, now: datetime) -> str:
        """Keep the file for its person; the token by which only they get it back.

        What has waited too long is thrown away on this occasion.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.sweep(now)
        name = secrets.token_hex(16)
        note = {"until": (now + KEPT_FOR).isoformat(), **asdict(about)}
        _write(self.root / f"{name}.data", data)
        _write(self.root / f"{name}.json", json.dumps(note, ensure_ascii=False).encode())
        return str(self._signer.dumps([name, person_id]))

    def get(self, token: str, *, person_id: int, now: datetime) -> Waiting:
        """The file of this token; raises `NotWaitingError` where it is gone.

        A token that is forged or somebody else's raises `NotFoundError`.
        """
        name = self._name(token, person_id)
        try:
            note = json.loads((self.root / f"{name}.json").read_bytes())
            data = (self.root / f"{name}.data").read_bytes()
        except FileNotFoundError as error:
            raise NotWaitingError from error
        if now >= datetime.fromisoformat(note["until"]):
            raise NotWaitingError
        return Waiting(About(note["department_id"], note["kpi"], note["file_name"]), data)

    def drop(self, token: str, *, person_id: int) -> None:
        """Throw the file away; nothing happens if it is gone. Raises as `get` does."""
        name = self._name(token, person_id)
        for ending in ("json", "data"):
            (self.root / f"{name}.{ending}").unlink(missing_ok=True)

    def sweep(self, now: datetime) -> None:
        """Throw away every file that has waited too long, and halves of files."""
        for path in self.root.iterdir():
            modified = datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo)
            if now - modified > KEPT_FOR:
                path.unlink(missing_ok=True)

    def _name(self, token: str, person_id: int) -> str:
        try:
            name, owner = self._signer.loads(token)
        except BadSignature as error:
            raise NotFoundError from error
        if owner != person_id:
            raise NotFoundError
        return str(name)


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
