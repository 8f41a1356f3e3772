"""How many cases of the attack and fault programme each block has, and which are left out, why."""

from __future__ import annotations

from pathlib import Path

#: Addresses that take a form and keep nothing of it, with the reason.
SILENT = {
    "POST /account/second-factor/key/options": "asks for a key: a challenge, which no event binds",
    "POST /sign-in/second-factor/key/options": "as above, while signing in",
    "POST /certificates/check": "compares a file with what was issued, and keeps nothing",
    "POST /evidence/pieces": "keeps a part of a file aside until its form is sent",
    "POST /demo-sign-in/<int:person_id>": "is not there outside the demonstration",
    "POST /kpis/import": "keeps a file aside until its columns are confirmed",
    "POST /kpis/import/<token>/cancel": "throws away what was kept aside",
}
#: Every address of ours has a line in the policy; `tests/rights` holds it to the program.
_POLICY = Path(__file__).parent.joinpath("rights", "policy.txt").read_text().splitlines()
ADDRESSES = len(_POLICY)
#: Those of them that are asked for.
OPENING = sum(line.startswith("GET ") for line in _POLICY)
#: Those of them that keep what a form says.
WRITING = sum(line.startswith("POST ") for line in _POLICY) - len(SILENT)

#: Cases of a block by its letter. A run of everything that holds fewer fails.
PLANNED: dict[str, int] = {
    # Every address by fourteen kinds of person and two organisations, the steps by stage, ids,
    # fields, lost rights, and what is seen in the text of the program; and those left out.
    "A": 8_760,
    "B": 72,
    # The 36 of the programme in 53 spellings, in a process of their own, mutated files, the page.
    "C": 59,
    # Tables that come in, 77 beginnings of formulas that go out, and what else goes out.
    "D": 129,
    # Every typed text with each of 24 scripts in it, files of figures, and where else text goes.
    "E": 800,
    # Every address, and what reads files.
    "F": ADDRESSES + 7,
    # The 112 of the programme, and five more ways to forge a request.
    "G": 117,
    "H": 74,
    "I": 26,
    # A clean database, forty-four kinds of damage, and sixty of the random edits of single cells;
    # what each address leaves, and each that writes seen to leave it.
    "J": 105 + ADDRESSES + WRITING,
    "K": 50,
    # Sixteen that are played, and those left out.
    "L": 18,
    # The 26, of which two servers at once are of one release, or of two.
    "M": 27,
    # Seven backups under load, twenty cases of restoring and moving, and those left out.
    "N": 32,
    # Twenty forms of an address, twelve ways of markup in papers, and that no module calls any.
    "P": 33,
    # What is typed comes back, every page opens and refuses alike in both languages, what nobody
    # sees is not given, and more.
    "Q": 10 + OPENING + 21 + 3 + 3,
    "R": 34,
    "S": 51,
}

#: Cases that no test can run here, with the reason. They are planned and not run.
LEFT_OUT: dict[str, dict[str, str]] = {
    "A": {
        "A1 survey respondent": "no survey is answered here: answers come as files",
        "A1 API tokens": "there are none: nothing but a session signs anybody in (failure_66)",
        "A5 organisation archived": "no page or command archives an organisation",
        "A5 application transferred": "an assessment stays with its department",
        "A5 token revoked": "there are no tokens",
        "A6 tenant filter in every query": "shown by asking (A1, A3) and not by reading the text",
    },
    "C": {
        "a hundred thousand mutated files": "by command: python -m tests.standard.mutate_run",
    },
    "I": {
        "22 cases of answering a survey": "no survey is answered here: answers come as files",
        "verify the same answer to unknown and malformed": (
            "anybody can compute the check character; saying so helps who mistyped"
        ),
        "verify as JSON": "there is none",
        "verify replaced": "a renewal is a certificate of its own; the old one runs out",
    },
    "K": {
        "signatures wrapped, emptied or removed": "the file has none: its whole hash counts",
        "keys and times of signing": "as above",
        "a code that leads to another site": "the paper prints the address to open; accepted",
        "a letter that the font lacks": "its place stays empty (test_hostile_names_…)",
    },
    "L": {
        "04 submit and deadline": "a due date reminds people and closes nothing",
        "14 survey same token": "no survey is answered here: answers come as files",
    },
    "M": {
        "23 two releases at once": "a server does not see that its database was upgraded: stop it",
    },
    "N": {
        "encrypted": "a backup is as readable as the instance; its place must encrypt it",
        "50 GB by somebody else within 30 minutes": "needs a person who did not write it",
        "a moment between two backups": "none of ours; PostgreSQL's own archive is not tried here",
        "a lag of at most 10 s": "as above: a backup is made when it is asked for",
    },
    "Q": {
        "Hijri dates": "none are shown, so that none can shift a day",
        "organisations that look alike": "administrators name them; their codes are Latin letters",
        "the same order on both databases": "each sorts as it does; no order is promised",
    },
    "R": {
        "09 the interpreter is too old": "archives are checked by ourselves (failure_45)",
        "13 a clock before the day of the release": "a clock that goes back is named: J 26",
        "25 security.txt": "SECURITY.md says whom to tell; an installation has its own people",
        "26 no flaw known at release": "asked of the network at release, and of no test",
        "27 container digest, no root, no tools": "no container is shipped",
    },
    "S": {
        "appeals to other people": "an appeal is a new assessment; there is no channel for it",
        "complaints of the public": "there is no channel for them",
        "erasing personal data": "nothing is erased; no period is set",
        "a duty that ends with a day": "a duty is taken away by hand",
        "acting as somebody else": "nobody can",
    },
}
