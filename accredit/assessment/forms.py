"""What people send about assessments."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from wtforms import (
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, ValidationError

from accredit.assessment.duties import DUTY_STAGES
from accredit.i18n import gettext
from accredit.identity.domain import Role
from accredit.text import N_
from accredit.web.forms import DayField, Form, WholeNumberField, required


class OpenForm(Form):
    """A new assessment: of whom, by which standard, what of it, until when."""

    department_id = SelectField(coerce=int)
    standard_version_id = SelectField(coerce=int)
    cycle = StringField(
        validators=[required(N_("Name the cycle, for example the year.")), Length(max=20)]
    )
    scope_ar = StringField(
        validators=[required(N_("Write the scope in Arabic too.")), Length(max=300)]
    )
    scope_en = StringField(
        validators=[required(N_("Write the scope in English too.")), Length(max=300)]
    )
    due_on = DayField(validators=[Optional()])


class ScoreForm(Form):
    """A level with its reason; `version` is that of the score the page showed."""

    level = StringField(validators=[required(N_("Choose a level."))])
    reason = TextAreaField()
    version = HiddenField()
    go = HiddenField()

    def __init__(self, level_ids: Collection[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.level_ids = level_ids

    def validate_level(self, field: StringField) -> None:
        """The level is one of the standard's."""
        if field.data and field.data not in self.level_ids:
            raise ValidationError(gettext("Choose one of the levels."))

    @property
    def loaded_version(self) -> int | None:
        """The version of the score the form was filled from; None if there was none."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() else None


class LinkForm(Form):
    """Evidence for an element (one or several at once), and where in it to look."""

    evidence_id = SelectMultipleField(
        coerce=int, validators=[required(N_("Choose a piece of evidence."))]
    )
    place = StringField(validators=[Optional()])


class AssignForm(Form):
    """A duty for a person."""

    role = StringField()
    person_id = WholeNumberField(validators=[required(N_("Choose a person."))])

    @property
    def duty(self) -> Role | None:
        """The duty asked for, if it is one."""
        return next((role for role in DUTY_STAGES if role == self.role.data), None)


class ReturnForm(Form):
    """Why the assessment goes back."""

    reason = TextAreaField()
