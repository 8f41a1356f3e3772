"""The colours of the pages in light, in dark and in high contrast, and those of an organisation.

An organisation may bring one colour of its own and one for accents. What goes with them, softer
grounds, the band at the top and their likes in the dark, follows from them here, and the whole is
measured before anything is served: a page that cannot be read is refused with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from accredit.charts.colours import contrast_ratio, mixed, readable
from accredit.charts.palette import LIGHT as SHARED
from accredit.config import SettingsError

Colours = dict[str, str]


class Theme(StrEnum):
    """What a reader may choose instead of what their device asks for."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


#: Those that pages share with charts and PDFs, and those of pages alone.
LIGHT: Colours = {
    **{colour.value: value for colour, value in SHARED.items()},
    "sunken": "#e8eeee",
    "line-strong": "#73868c",
    "info": "#22507f",
    "info-soft": "#e7eff8",
    "brand-fill": "#0b5563",
    "brand-fill-strong": "#083f4a",
    "bad-fill": "#a8231d",
    "on-fill": "#ffffff",
    "band": "#083f4a",
    "band-soft": "#0f5361",
    "on-band": "#ffffff",
    "amber": "#f4b740",
    "focus": "#b45f06",
}
DARK: Colours = {
    "ink": "#e9efef",
    "muted": "#a9bac0",
    "line": "#2b3c44",
    "paper": "#16232a",
    "wash": "#0e181d",
    "brand": "#83cfdb",
    "brand-soft": "#15353d",
    "accent": "#f2b860",
    "accent-soft": "#382a10",
    "good": "#7fd3a0",
    "good-soft": "#14321f",
    "warn": "#f1bd6c",
    "warn-soft": "#382a10",
    "bad": "#f7a19a",
    "bad-soft": "#421c1a",
    "series-1": "#6cc4d3",
    "series-2": "#f2a65a",
    "series-3": "#b6a8f0",
    "series-4": "#9ccb6b",
    "sunken": "#22323a",
    "line-strong": "#74888f",
    "info": "#9fc5ee",
    "info-soft": "#17293d",
    "brand-fill": "#1b7080",
    "brand-fill-strong": "#1f7b8d",
    "bad-fill": "#b5352e",
    "band": "#0a2b33",
    "band-soft": "#16424d",
    "focus": "#ffc45c",
}
#: What high contrast changes of the two.
LIGHT_CONTRAST: Colours = {
    "ink": "#000000",
    "muted": "#1c2a2f",
    "line": "#5f7076",
    "wash": "#ffffff",
    "sunken": "#eef2f2",
    "line-strong": "#2f4147",
    "brand": "#003a45",
    "accent": "#6a3200",
    "good": "#0a4424",
    "warn": "#573400",
    "bad": "#7a120d",
    "info": "#0f3459",
    "brand-fill": "#003a45",
    "brand-fill-strong": "#000000",
    "bad-fill": "#7a120d",
    "band": "#00262e",
    "band-soft": "#003a45",
    "focus": "#7a3d00",
    "series-1": "#003a45",
    "series-2": "#8f4300",
    "series-3": "#4a2f7d",
    "series-4": "#2f5214",
}
DARK_CONTRAST: Colours = {
    "ink": "#ffffff",
    "muted": "#dfe8ea",
    "line": "#8fa3aa",
    "paper": "#060b0d",
    "wash": "#000000",
    "sunken": "#1a2529",
    "line-strong": "#c3d0d4",
    "brand": "#a5eaf4",
    "accent": "#ffd79a",
    "good": "#b0f2c8",
    "warn": "#ffdda3",
    "bad": "#ffc9c4",
    "info": "#cbe3ff",
    "brand-fill": "#0d4f5b",
    "brand-fill-strong": "#125f6d",
    "bad-fill": "#8f1d17",
    "band": "#00161b",
    "band-soft": "#0c343d",
    "focus": "#ffe08a",
    "series-1": "#a5eaf4",
    "series-2": "#ffc48a",
    "series-3": "#d3c9ff",
    "series-4": "#c4ec9b",
}

TONES = ("good", "warn", "bad", "info", "brand")
#: Words and what they stand on: 4.5 to 1 (WCAG 2.2, 1.4.3), in high contrast 7 to 1 (1.4.6).
WORDS = (
    *((text, ground) for text in ("ink", "muted") for ground in ("paper", "wash", "sunken")),
    *((tone, ground) for tone in (*TONES, "accent") for ground in ("paper", "wash")),
    *((tone, f"{tone}-soft") for tone in TONES),
    *(("ink", f"{tone}-soft") for tone in TONES),
    *(("brand", f"{tone}-soft") for tone in TONES),  # links in notices
    ("muted", "brand-soft"),
    *(("on-fill", ground) for ground in ("brand-fill", "brand-fill-strong", "bad-fill")),
    *(("on-band", ground) for ground in ("band", "band-soft")),
)
#: Signs and what they stand on: 3 to 1 (1.4.11).
SIGNS = (
    *((sign, ground) for sign in ("line-strong", "focus") for ground in ("paper", "wash")),
    *((f"series-{number}", "paper") for number in (1, 2, 3, 4)),
    ("amber", "band"),
)


@dataclass(frozen=True, slots=True)
class Themes:
    """The colours of every theme, each whole."""

    light: Colours
    dark: Colours
    light_contrast: Colours
    dark_contrast: Colours

    def of(self, theme: Theme | None) -> Colours:
        """The colours of a theme by daylight."""
        chosen = {Theme.DARK: self.dark, Theme.CONTRAST: self.light_contrast}
        return chosen.get(theme, self.light) if theme else self.light

    def faults(self) -> Iterator[tuple[str, str, str, float, float]]:
        """What cannot be told apart: the theme, the two colours, their contrast, the least."""
        for name, colours, words in (
            ("light", self.light, 4.5),
            ("dark", self.dark, 4.5),
            ("high contrast", self.light_contrast, 7),
            ("dark high contrast", self.dark_contrast, 7),
        ):
            for pairs, least in ((WORDS, words), (SIGNS, 3.0)):
                for one, other in pairs:
                    found = contrast_ratio(colours[one], colours[other])
                    if found < least:
                        yield name, one, other, found, least


def themes(brand: str | None = None, accent: str | None = None) -> Themes:
    """The themes in our own colours, or in those of an organisation.

    Raises `SettingsError` where a colour cannot be read on the grounds it has to stand on.
    """
    made = _made(_own(brand, accent))
    fault = next(made.faults(), None)
    if fault is not None:
        theme, one, other, found, least = fault
        asked = " and ".join(
            f"{name} {value}"
            for name, value in (
                ("ACCREDIT_BRAND_COLOUR", brand),
                ("ACCREDIT_ACCENT_COLOUR", accent),
            )
            if value
        )
        raise SettingsError(
            f"{asked} cannot be read in the {theme} theme: “{one}” on “{other}” has a contrast of "
            f"{found:.2f} to 1, and {least:g} to 1 are needed. Choose a darker colour."
        )
    return made


def _made(own: dict[str, Colours]) -> Themes:
    light = {**LIGHT, **own.get("light", {})}
    dark = {**light, **DARK, **own.get("dark", {})}
    return Themes(
        light,
        dark,
        {**light, **LIGHT_CONTRAST, **own.get("light contrast", {})},
        {**dark, **DARK_CONTRAST, **own.get("dark contrast", {})},
    )


def _own(brand: str | None, accent: str | None) -> dict[str, Colours]:
    own: dict[str, Colours] = {}
    for values in (_of_brand(brand) if brand else {}, _of_accent(accent) if accent else {}):
        for theme, colours in values.items():
            own.setdefault(theme, {}).update(colours)
    return own


def _of_brand(brand: str) -> dict[str, Colours]:
    black, white, night, paper = "#000000", "#ffffff", DARK["wash"], DARK["paper"]
    pale = readable(brand, (paper, DARK["sunken"]), white, 7)
    fill = readable(mixed(brand, black, 0.1), (white,), black, 5)
    deep = readable(brand, (white, *_softs(LIGHT)), black, 9)
    bright = readable(brand, (DARK_CONTRAST["paper"], *_softs(DARK)), white, 9)
    return {
        "light": {
            "brand": brand,
            "brand-soft": mixed(white, brand, 0.12),
            "series-1": brand,
            "brand-fill": brand,
            "brand-fill-strong": mixed(brand, black, 0.25),
            "band": mixed(brand, black, 0.35),
            "band-soft": mixed(brand, black, 0.15),
        },
        "dark": {
            "brand": pale,
            "brand-soft": mixed(night, brand, 0.3),
            "series-1": pale,
            "brand-fill": fill,
            "brand-fill-strong": mixed(fill, black, 0.15),
            "band": mixed(night, brand, 0.3),
            "band-soft": mixed(night, brand, 0.5),
        },
        "light contrast": {
            "brand": deep,
            "series-1": deep,
            "brand-fill": deep,
            "brand-fill-strong": black,
            "band": mixed(deep, black, 0.4),
            "band-soft": deep,
        },
        "dark contrast": {
            "brand": bright,
            "series-1": bright,
            "brand-fill": deep,
            "brand-fill-strong": mixed(deep, black, 0.2),
            "band": mixed(black, brand, 0.15),
            "band-soft": mixed(black, brand, 0.3),
        },
    }


def _of_accent(accent: str) -> dict[str, Colours]:
    black, white = "#000000", "#ffffff"
    return {
        "light": {"accent": accent, "accent-soft": mixed(white, accent, 0.12)},
        "dark": {
            "accent": readable(accent, (DARK["paper"], DARK["wash"]), white, 7),
            "accent-soft": mixed(DARK["wash"], accent, 0.3),
        },
        "light contrast": {"accent": readable(accent, (white,), black, 9)},
        "dark contrast": {"accent": readable(accent, (DARK_CONTRAST["paper"],), white, 9)},
    }


def _softs(colours: Colours) -> tuple[str, ...]:
    return tuple(colours[f"{tone}-soft"] for tone in TONES)


def tokens(made: Themes, chosen: Theme | None) -> str:
    """The colours as custom properties of the page.

    Where nothing was chosen, the device's wishes for dark and for contrast decide. Paper is
    white whatever the screen is.
    """
    light, dark = "color-scheme:light dark", "@media screen and (prefers-color-scheme:dark)"
    more = "prefers-contrast:more"
    plain = _changes(made.light, {})
    to_dark = _changes(made.dark, made.light)
    to_contrast = _changes(made.light_contrast, made.light)
    to_dark_contrast = _changes(made.dark_contrast, made.light_contrast)
    changed = {**made.dark, **_differing(made.light_contrast, made.light)}
    match chosen:
        case None:
            rules = [f":root{{{light};{plain}}}", f"{dark}{{:root{{{to_dark}}}}}"]
            rules.append(f"@media ({more}){{:root{{{to_contrast}}}}}")
            both = _changes(made.dark_contrast, changed)
            rules.append(f"{dark} and ({more}){{:root{{{both}}}}}")
        case Theme.LIGHT:
            rules = [f":root{{color-scheme:light;{plain}}}"]
            rules.append(f"@media ({more}){{:root{{{to_contrast}}}}}")
        case Theme.DARK:
            rules = [f":root{{color-scheme:dark;{plain}}}", f"@media screen{{:root{{{to_dark}}}}}"]
            darker = _changes(made.dark_contrast, made.dark)
            rules.append(f"@media screen and ({more}){{:root{{{darker}}}}}")
        case Theme.CONTRAST:
            rules = [f":root{{{light};{plain}}}", f":root{{{to_contrast}}}"]
            rules.append(f"{dark}{{:root{{{to_dark_contrast}}}}}")
    return "\n".join(rules)


def _changes(to: Colours, of: Colours) -> str:
    return ";".join(f"--{name}:{value}" for name, value in _differing(to, of).items())


def _differing(to: Colours, of: Colours) -> Colours:
    return {name: value for name, value in to.items() if of.get(name) != value}
