"""Colours as numbers: how far two can be told apart, and what lies between them."""

from __future__ import annotations


def contrast_ratio(one: str, other: str) -> float:
    """The contrast of two "#rrggbb", from 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """A colour on the way from `one` to `other`, `share` (0 to 1) of the way."""
    parts = zip(_bytes(one), _bytes(other), strict=True)
    return "#" + bytes(round(a + (b - a) * share) for a, b in parts).hex()


def readable(colour: str, grounds: tuple[str, ...], towards: str, least: float) -> str:
    """`colour`, moved towards another only as far as it takes to be read on all `grounds`."""
    for step in range(21):
        moved = mixed(colour, towards, step / 20)
        if all(contrast_ratio(moved, ground) >= least for ground in grounds):
            break
    return moved


def _bytes(colour: str) -> bytes:
    return bytes.fromhex(colour[1:])


def _luminance(colour: str) -> float:
    parts = [byte / 255 for byte in _bytes(colour)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
