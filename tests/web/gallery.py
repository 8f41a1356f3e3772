"""The component page and the error pages, rendered without the application.

The frame needs only the few values that the application gives to every page; here they are
given by hand, with an undefined name being an error as it is there.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import wtforms
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from accredit.charts.run_chart import Limits, Point, RunWords, run_chart
from accredit.config import resource_dir
from accredit.text import Bilingual
from accredit.web.file_names import file_name
from accredit.web.svg import to_svg

ERROR_PAGES = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)
_PAGES = {
    "home.index": "/",
    "identity.account": "/account",
    "identity.sign_out": "/sign-out",
    "security.login": "/sign-in",
}


class SampleForm(wtforms.Form):
    """One field of every kind; most of them refuse to be empty."""

    title = wtforms.StringField("Name of the service", [InputRequired()])
    amount = wtforms.IntegerField("Target", [NumberRange(0, 100)])
    due_on = wtforms.DateField("Due date", [Optional()])
    secret = wtforms.PasswordField("Password", [InputRequired()])
    reason = wtforms.TextAreaField("Reason", [InputRequired()], description="What you saw.")
    department = wtforms.SelectField(
        "Department", choices=[SelectChoice("a", "Licences"), SelectChoice("b", "Visits")]
    )
    role = wtforms.RadioField(
        "Role",
        [InputRequired()],
        choices=[SelectChoice("assessor", "Assessor"), SelectChoice("moderator", "Moderator")],
    )
    direction = wtforms.RadioField(
        "Better when",
        [Optional()],
        choices=[SelectChoice("higher", "higher"), SelectChoice("lower", "lower")],
    )
    languages = wtforms.SelectMultipleField(
        "Languages",
        choices=[SelectChoice("ar", "العربية"), SelectChoice("en", "English")],
        widget=wtforms.widgets.ListWidget(prefix_label=False),
        option_widget=wtforms.widgets.CheckboxInput(),
    )
    confirmed = wtforms.BooleanField("No conflict of interest", [InputRequired()])
    logo = wtforms.FileField("Logo", [Optional()])
    files = wtforms.MultipleFileField("Files", [InputRequired()])


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
            person={"name": Bilingual("سارة حداد", "سارة حداد")} if signed_in else None,
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
    sent = MultiDict({"refused-amount": "١٢٣ people", "refused-due_on": "2026-13-01"})
    refused = SampleForm(sent, prefix="refused-")
    assert not refused.validate()
    drawing = run_chart(
        [Point("2026-01", 61, 57, 65), Point("2026-02", None), Point("2026-03", 70, 66, 74)],
        target=75,
        mean=65.5,
        limits=Limits(55, 82),
        rtl=language == "ar",
        title="Customer satisfaction by month",
        description="It rose from 61 to 70.",
        words=RunWords("Month", "Value", "Interval", "Target", "Mean", "Limits"),
    )
    return render(
        "layout/gallery.html",
        language,
        form=SampleForm(prefix="ready-"),
        refused=refused,
        drawing=drawing,
        svg=to_svg(drawing, id="gallery-chart"),
        url_of="?page={}".format,
    )


def render_macro(call: str, **values: Any) -> Markup:
    """What one component writes, for example `render_macro('tag("Good", "good")')`."""
    name = call.partition("(")[0]
    source = f'{{% from "layout/components.html" import {name} %}}{{{{ {call} }}}}'
    return Markup(environment().from_string(source).render(**values))
