"""How many cases of the attack and fault programme each block has, and which are left out, why."""

from __future__ import annotations

#: Cases of a block by its letter. A run of everything that holds fewer fails.
PLANNED: dict[str, int] = {
    # Every address by fourteen kinds of person and two organisations, the steps by stage, ids,
    # fields, lost rights, and what is seen in the text of the program; and those left out.
    "A": 7_413,
    "B": 72,
    # The 112 of the programme, and five more ways to forge a request.
    "G": 117,
    "H": 74,
    # A clean database, forty kinds of damage, and sixty of the random edits of single cells.
    "J": 101,
    # Sixteen that are played, and those left out.
    "L": 18,
    "M": 26,
    # Seven backups under load, twenty cases of restoring and moving, and those left out.
    "N": 32,
}

#: Cases that no test can run here, with the reason. They are planned and not run.
LEFT_OUT: dict[str, dict[str, str]] = {
    "A": {
        "A1 survey respondent": "surveys are not part of the product yet",
        "A1 assessor with declared conflict": "conflicts of interest cannot be declared yet",
        "A1 API tokens": "there are none: nothing but a session signs anybody in (failure_66)",
        "A5 conflict declared": "conflicts of interest cannot be declared yet",
        "A5 organisation archived": "an organisation cannot be archived yet",
        "A5 application transferred": "an assessment stays with its department",
        "A5 token revoked": "there are no tokens",
        "A6 tenant filter in every query": "shown by asking (A1, A3) and not by reading the text",
    },
    "B": {
        "protocol 06 shorter, then silence": (
            "the server has no time limit for a body; the proxy in front of it has"
        ),
    },
    "H": {
        "links 16 a change of address is confirmed at both": (
            "nobody changes an address: a person who gets another one gets another account"
        ),
    },
    "L": {
        "04 submit and deadline": "a due date reminds people and closes nothing",
        "14 survey same token": "surveys are not part of the product yet",
    },
    "M": {
        "06 power loss": (
            "needs a file system that forgets what was not synced; tests/evidence/test_store.py "
            "shows that files and folders are"
        ),
        "10 no file descriptors": "the HTTP server takes no connection then, so no page can answer",
        "11 out of memory": "what a worker may use is set by whoever runs it; files are read apart",
        "15 PostgreSQL restarted": "these are the faults of SQLite and of folders",
        "20 worker hangs": "the server replaces workers that end, and has no watch over others",
        "23 two releases at once": "the server is stopped for an upgrade",
    },
    "N": {
        "encrypted": "a backup is as readable as the instance; its place must encrypt it",
        "50 GB by somebody else within 30 minutes": "needs a person who did not write it",
        "a moment between two backups": "left to the WAL archive of PostgreSQL",
        "a lag of at most 10 s": "left to the WAL archive of PostgreSQL",
    },
}
