"""How many cases of the attack and fault programme each block has, and which are left out, why."""

from __future__ import annotations

#: Cases of a block by its letter. A run of everything that holds fewer fails.
PLANNED: dict[str, int] = {
    "B": 72,
    # A clean database, forty kinds of damage, and sixty of the random edits of single cells.
    "J": 101,
}

#: Cases that no test can run here, with the reason. They are planned and not run.
LEFT_OUT: dict[str, dict[str, str]] = {
    "B": {
        "protocol 06 shorter, then silence": (
            "the server has no time limit for a body; the proxy in front of it has"
        ),
    },
    "J": {
        "39 verify on PostgreSQL": "the tests have no PostgreSQL server yet",
    },
}
