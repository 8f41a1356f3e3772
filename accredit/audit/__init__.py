"""The event trail: who did what, when, to what, in one chain that shows any change.

An event is written in the transaction of the change it tells of, so that neither can
exist without the other. It carries the hash of the event before it, and the hash of every
protected row it changed as that row was before and after. `verifying` says whether all of
this still holds, and `heads` keeps signed ends of the chain outside the database.
"""

from accredit.audit.appending import Subject
from accredit.audit.chain import FIRST_HASH, Break, verify
from accredit.audit.context import Acting, acting
from accredit.audit.models import Event
from accredit.audit.recording import UnrecordedChangeError, note_written, record
from accredit.audit.rows import reader_of

__all__ = [
    "FIRST_HASH",
    "Acting",
    "Break",
    "Event",
    "Subject",
    "UnrecordedChangeError",
    "acting",
    "note_written",
    "reader_of",
    "record",
    "verify",
]
