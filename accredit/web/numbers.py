"""Numbers and words of addresses: none is larger, or other, than a database can hold."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, UnicodeConverter

#: The largest number of a row on PostgreSQL; a larger one is the number of nothing.
LARGEST = 2**31 - 1


class RowNumber(IntegerConverter):
    """The number of a row in an address; a larger one is an address of nothing."""

    #: One way to write each address: no digits of other scripts, and no more than a number of
    #: a row has; of thousands of them Python makes no number at all.
    regex = "[0-9]{1,10}"

    def __init__(self, rules: Any, *arguments: Any, **bounds: Any) -> None:
        super().__init__(rules, *arguments, **{"max": LARGEST, **bounds})


class Written(UnicodeConverter):
    """What is written in an address; with a zero byte in it, it is an address of nothing."""

    def __init__(self, *arguments: Any, **bounds: Any) -> None:
        super().__init__(*arguments, **bounds)
        self.regex = self.regex.replace("[^/]", r"[^/\0]")


def asked_number(text: str) -> int:
    """A number behind the question mark; `ValueError` for none, or one that is too large."""
    number = int(text)
    if abs(number) > LARGEST:
        raise ValueError(text)
    return number


def hidden_number(text: str | None) -> int | None:
    """The number in a hidden field, None for none; one that is too large is that of nothing."""
    if not text or not (text.isascii() and text.isdigit()):
        return None
    return LARGEST if len(text) > len(str(LARGEST)) else min(int(text), LARGEST)
