"""The comments of a standard's file: the head it begins with, and those further inside."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

_HEADER = re.compile(r"[|>][^\n]*?\s#")
"""A comment beside the sign that begins a block of text."""


def head_of(text: str) -> str:
    """The comment a sound file begins with, up to its first key; empty when there is none."""
    head: list[str] = []
    for line in text.removeprefix("\ufeff").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            break
        head.append(line.strip())
    while head and not head[-1]:
        head.pop()
    while head and not head[0]:
        head.pop(0)
    return "".join(f"{line}\n" for line in head)


def inner_comments(text: str) -> list[int]:
    """The lines of a sound file, from 1, on which a comment begins that is not in its head."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found: list[int] = []
    for start, end in _gaps(plain):
        if start == 0:
            continue  # the head: nothing else stands before the first word
        first = plain.count("\n", 0, start) + 1
        lines = plain[start:end].split("\n")
        found += [first + place for place, line in enumerate(lines) if "#" in line]
    return found


def _gaps(text: str) -> Iterator[tuple[int, int]]:
    """The stretches between the words of the file: space and comments, nothing else."""
    spans: list[tuple[int, int]] = []
    for token in yaml.scan(text, Loader=yaml.CSafeLoader):
        start, end = token.start_mark.index, token.end_mark.index
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
            header = text.find("\n", start)
            if _HEADER.match(text, start, header if header >= 0 else end):
                spans.append((start, start + 1))
                start = header
        spans.append((start, end))
    reached = 0
    for start, end in sorted(spans):
        if start > reached:
            yield reached, start
        reached = max(reached, end)
    if reached < len(text):
        yield reached, len(text)
