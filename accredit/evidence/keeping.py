"""Whether the store holds what the records say: nothing lost, altered or left over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accredit.evidence.store import DamagedBlobError, FileStore, MissingBlobError

#: A file without a record may belong to a request that is still being answered.
GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. Names are those of the store, hashes those of the records."""

    records: int
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)
    young: list[str] = field(default_factory=list)
    swept: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether everything recorded is there unaltered and nothing else lies about."""
        return not (self.missing or self.altered or set(self.left_over) - set(self.swept))


def check_store(
    store: FileStore,
    recorded: Iterable[str],
    *,
    at: datetime,
    grace: timedelta = GRACE,
    sweep: bool = False,
) -> Checked:
    """Compare the store with the hashes on record, reading every recorded file to its end.

    What has no record is left over once it is older than `grace`; `sweep` takes it out. What is
    missing or altered can only be brought back from a backup.
    """
    hashes = sorted(set(recorded))
    found = Checked(len(hashes))
    for sha256 in hashes:
        try:
            store.open_checked(sha256).close()
        except MissingBlobError:
            found.missing.append(sha256)
        except DamagedBlobError:
            found.altered.append(sha256)
    known = set(hashes)
    for kept in sorted(store.everything(), key=lambda item: item.name):
        if kept.sha256 in known:
            continue
        if at - kept.written_at <= grace:
            found.young.append(kept.name)
            continue
        found.left_over.append(kept.name)
        if sweep:
            store.remove(kept.name)
            found.swept.append(kept.name)
    return found
