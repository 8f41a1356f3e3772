"""The component page: every part of the pages in every state, for those who build them.

It is there in a demonstration only. Its samples carry both languages themselves, so that no
translator meets them.
"""

from __future__ import annotations

from typing import Any

import wtforms
from flask import Flask, render_template
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the types lag
from wtforms.validators import InputRequired, NumberRange, Optional

from accredit import i18n
from accredit.charts.geometry import Drawing
from accredit.charts.run_chart import Limits, Point, RunWords, run_chart
from accredit.config import Mode, Settings
from accredit.web.access import public
from accredit.web.svg import to_svg

#: What somebody sent that was refused: a number that is none, a day that is none, and no more.
_SENT = {"refused-amount": "١٢٣ people", "refused-due_on": "2026-13-01"}


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


def init_app(app: Flask) -> None:
    """Show the page at `/gallery` where this is a demonstration."""
    settings: Settings = app.config["SETTINGS"]
    if settings.mode is Mode.DEMO:

        @app.get("/gallery")
        @public
        def gallery() -> str:
            return render_template("layout/gallery.html", **samples(i18n.language()))


def samples(language: str) -> dict[str, Any]:
    """What the template of the page needs."""
    refused = SampleForm(MultiDict(_SENT), prefix="refused-")
    refused.validate()
    drawing = _chart(language)
    return {
        "form": SampleForm(prefix="ready-"),
        "refused": refused,
        "drawing": drawing,
        "svg": to_svg(drawing, id="gallery-chart"),
        "url_of": "?page={}".format,
    }


def _chart(language: str) -> Drawing:
    return run_chart(
        [Point("2026-01", 61, 57, 65), Point("2026-02", None), Point("2026-03", 70, 66, 74)],
        target=75,
        mean=65.5,
        limits=Limits(55, 82),
        rtl=language == "ar",
        title="Customer satisfaction by month",
        description="It rose from 61 to 70.",
        words=RunWords("Month", "Value", "Interval", "Target", "Mean", "Limits"),
    )
