"""How many cases of the attack and fault programme each block has, and which are left out, why."""

from __future__ import annotations

#: Cases of a block by its letter. A run of everything that holds fewer fails.
PLANNED: dict[str, int] = {
    "B": 72,
    # A clean database, forty kinds of damage, and sixty of the random edits of single cells.
    "J": 101,
    # Seven backups under load, twenty cases of restoring and moving, and those left out.
    "N": 32,
}

#: Cases that no test can run here, with the reason. They are planned and not run.
LEFT_OUT: dict[str, dict[str, str]] = {
    "B": {
        "protocol 06 shorter, then silence": (
            "the server has no time limit for a body; the proxy in front of it has"
        ),
    },
    "N": {
        "encrypted": "a backup is as readable as the instance; its place must encrypt it",
        "50 GB by somebody else within 30 minutes": "needs a person who did not write it",
        "mails and scheduler wait until confirmed": "there is no scheduler; mails stay held",
        "a moment between two backups": "left to the WAL archive of PostgreSQL",
        "a lag of at most 10 s": "left to the WAL archive of PostgreSQL",
    },
}
