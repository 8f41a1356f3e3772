"""What stands behind the question mark of an address, as every view reads it."""

from __future__ import annotations

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.utils import cached_property


class AskedRequest(Request):
    """A request whose arguments any database can be asked for."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The arguments, a zero byte in them turned into the sign that browsers show for it.

        No text has one and PostgreSQL takes none, so that whoever searches for one finds nothing.
        """
        given: MultiDict[str, str] = super().args
        if b"%00" not in self.query_string and b"\0" not in self.query_string:
            return given
        pairs = ((_shown(name), _shown(value)) for name, value in given.items(multi=True))
        return self.parameter_storage_class(pairs)


def _shown(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
