"""The forms of decisions, of changes to a certificate, and of checking one.

Labels are said by the templates, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from accredit.i18n import gettext, say
from accredit.standard.rules import Award
from accredit.text import N_
from accredit.web.forms import Form, required
from accredit.web.numbers import hidden_number

#: The choice that refuses; no award can have this id.
REFUSE = "-"


class DecisionForm(Form):
    """Grant one of the awards that were reached, or refuse; always with the reason."""

    award = RadioField(validate_choice=False)
    reason = TextAreaField(validators=[required(N_("Give the reason."))])
    sure = BooleanField()
    version = HiddenField()

    def offer(self, awards: Iterable[Award], *, is_self_check: bool = False) -> None:
        """The choices: these awards, the highest first, and refusing.

        In a self-check nothing was asked for that could be refused: it is closed.
        """
        other = gettext("Close without a certificate") if is_self_check else gettext("Refuse")
        granting = [
            (award.id, gettext("Grant: %(award)s", award=say(award.name))) for award in awards
        ]
        self.award.choices = [*reversed(granting), (REFUSE, other)]

    def validate_award(self, field: Any) -> None:
        """One of the choices must be taken."""
        if field.data not in {value for value, _ in field.choices}:
            raise ValidationError(gettext("Choose what you decide."))

    def validate_sure(self, field: Any) -> None:
        """What cannot be taken back is not done by a slip."""
        if not field.data:
            raise ValidationError(gettext("Tick that you have read what the decision rests on."))


class ChangeForm(Form):
    """The reason for suspending, restoring or withdrawing a certificate."""

    reason = TextAreaField(validators=[required(N_("Give the reason."))])
    version = HiddenField()


class NumberForm(Form):
    """A certificate number to look up; it changes nothing, so it needs no token."""

    class Meta(Form.Meta):
        """Sent by GET."""

        csrf = False

    number = StringField(validators=[required(N_("Type the number of the certificate."))])


class FileForm(Form):
    """A certificate's PDF to compare with what was issued."""

    file = FileField(validators=[required(N_("Choose the PDF of a certificate."))])


def whole_number(text: str | None) -> int:
    """The version a hidden field carried; -1, which no row has, for anything else."""
    found = hidden_number(text)
    return -1 if found is None else found
