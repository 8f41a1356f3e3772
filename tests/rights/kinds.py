"""The kinds of person the matrix is walked by, each a real account in the same organisation.

Of the thirteen of the programme twelve exist; who answers a survey does not yet. Three are ours
besides: the moderator, the neighbour and nobody.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Who asks. The order is that of the columns in `policy.py`."""

    ANONYMOUS = "anonymous"
    DISABLED = "disabled"
    HALF_SIGNED_IN = "half_signed_in"
    NOBODY = "nobody"
    CONTRIBUTOR = "contributor"
    LEADER = "leader"
    NEIGHBOUR = "neighbour"
    ASSESSOR = "assessor"
    UNASSIGNED = "unassigned"
    TIED = "tied"
    MODERATOR = "moderator"
    DECISION_MAKER = "decision_maker"
    MANAGER = "manager"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"


#: What each is, for the reader of a report.
MEANS = {
    Kind.ANONYMOUS: "not signed in",
    Kind.DISABLED: "a leader whose account was disabled, with a session from before",
    Kind.HALF_SIGNED_IN: "a programme manager after the password, before the second factor",
    Kind.NOBODY: "signed in, without any role",
    Kind.CONTRIBUTOR: "contributor of the assessed department",
    Kind.LEADER: "leader of the assessed department",
    Kind.NEIGHBOUR: "leader of another department of the same organisation",
    Kind.ASSESSOR: "assessor who is assigned",
    Kind.UNASSIGNED: "assessor of the organisation's pool who is not assigned",
    Kind.TIED: "assessor who was assigned and then declared a tie to the department",
    Kind.MODERATOR: "moderator who is assigned",
    Kind.DECISION_MAKER: "decision maker who is assigned",
    Kind.MANAGER: "programme manager of the organisation",
    Kind.OBSERVER: "observer of the organisation",
    Kind.ADMINISTRATOR: "administrator of the whole installation",
}

#: Nobody to the pages: they are sent to the sign-in.
STRANGERS = frozenset({Kind.ANONYMOUS, Kind.DISABLED, Kind.HALF_SIGNED_IN})

#: Of the programme's thirteen those that the product does not know yet.
NOT_YET = {
    "survey respondent": "surveys are not part of the product yet",
}
