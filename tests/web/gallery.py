"""The component page and the error pages, rendered without the application.

The frame needs only the few values that the application gives to every page; here they are
given by hand, with an undefined name being an error as it is there.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from accredit.config import resource_dir
from accredit.text import Bilingual
from accredit.web.file_names import file_name
from accredit.web.gallery import samples

ERROR_PAGES = (400, 403, 404, 405, 408, 409, 413, 422, 429, 500, 503)
_PAGES = {
    "home.index": "/",
    "identity.account": "/account",
    "identity.session_left": "/account/session",
    "search.index": "/search",
    "identity.sign_out": "/sign-out",
    "security.login": "/sign-in",
}

_PERSON = {"id": 7, "name": Bilingual("سارة حداد", "سارة حداد")}


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(resource_dir("templates")),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined] # the extension's
    made.filters["say"] = lambda text: text.en
    made.filters["file_name"] = file_name
    made.globals.update(
        csrf_token=lambda: "token",
        get_flashed_messages=lambda with_categories: [("success", "Saved"), ("error", "Not saved")],
        url_for=_PAGES.__getitem__,
        asset="/static/{}".format,
        written_once=lambda template, macro, *values: getattr(
            made.get_template(template).module, macro
        )(*values),
    )
    return made


def render(template: str, language: str = "en", *, signed_in: bool = True, **values: Any) -> str:
    menu = [
        {"label": "My work", "url": "/", "feature": "home"},
        {"label": "Evidence", "url": "/evidence", "feature": "evidence"},
    ]
    return (
        environment()
        .get_template(template)
        .render(
            language=language,
            direction="rtl" if language == "ar" else "ltr",
            other_language="en" if language == "ar" else "ar",
            other_language_url="/?lang=other",
            person=_PERSON if signed_in else None,
            time_left={"began": 1, "idle": 3600, "last": 43200, "each": 3480},
            warning_minutes=5,
            navigation=menu if signed_in else [],
            here="home",
            product_name="accredit",
            style_sheet="style.css",
            theme="automatic",
            theme_colour="#083f4a",
            same_page=lambda **choice: "/?choice=" + "".join(choice.values()),
            **values,
        )
    )


def render_gallery(language: str = "en") -> str:
    return render("layout/gallery.html", language, **samples(language))


def render_macro(call: str, **values: Any) -> Markup:
    """What one component writes, for example `render_macro('tag("Good", "good")')`."""
    name = call.partition("(")[0]
    source = f'{{% from "layout/components.html" import {name} %}}{{{{ {call} }}}}'
    return Markup(environment().from_string(source).render(**values))
