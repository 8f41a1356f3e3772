"""The form for weights and for what does not apply: its fields follow from the standard."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from accredit.assessment.choices import (
    Choices,
    markable,
    read_weight,
    usual_weight,
    weighable,
)
from accredit.i18n import gettext, latin_digits, translate
from accredit.standard.domain import Standard
from accredit.standard.file.spelling import decimal_text
from accredit.standard.scoring.inputs import Problem
from accredit.text import N_
from accredit.web.forms import Form, required
from accredit.web.numbers import hidden_number


class ChoicesForm(Form):
    """A weight for each node that may be weighed, a mark and a reason for each that may be left
    out. `version` is the assessment's as the page showed it; see `choices_form`.
    """

    version = HiddenField()

    weighed: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()

    @property
    def loaded_version(self) -> int | None:
        """The version of the assessment the page was made from."""
        return hidden_number(self.version.data)

    @property
    def choices(self) -> Choices:
        """What is chosen; the form was validated."""
        weights = {code: _weight(self[weight_field(code)].data) for code in self.weighed}
        return Choices(
            {code: weight for code, weight in weights.items() if weight is not None},
            {
                code: self[reason_field(code)].data or ""
                for code in self.marked
                if self[mark_field(code)].data
            },
        )

    def fill(self, standard: Standard, choices: Choices) -> None:
        """Show what was chosen, and the standard's own weights elsewhere."""
        for node in weighable(standard):
            weight = choices.weights.get(node.code, usual_weight(node))
            self[weight_field(node.code)].data = decimal_text(weight)
        for code in self.marked:
            self[mark_field(code)].data = code in choices.reasons
            self[reason_field(code)].data = choices.reasons.get(code, "")

    def show(self, problem: Problem) -> None:
        """Put a problem beside its field, or above the form."""
        message = translate(problem.message)
        part, code = problem.path[0], problem.path[1]
        name = {"weights": weight_field, "not_applicable": reason_field}.get(part)
        field = self._fields.get(name(code)) if name else None
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]


def weight_field(code: str) -> str:
    """The name of a node's weight."""
    return f"weight_{code.replace('.', '_')}"


def mark_field(code: str) -> str:
    """The name of the mark that a node does not apply."""
    return f"leave_{code.replace('.', '_')}"


def reason_field(code: str) -> str:
    """The name of the reason why a node does not apply."""
    return f"why_{code.replace('.', '_')}"


def choices_form(standard: Standard, **kwargs: Any) -> ChoicesForm:
    """The form for this standard."""
    form = _form_for(
        tuple(node.code for node in weighable(standard)),
        tuple(node.code for node in markable(standard)),
    )
    return form(**kwargs)


@lru_cache(maxsize=64)
def _form_for(weighed: tuple[str, ...], marked: tuple[str, ...]) -> type[ChoicesForm]:
    def is_number(_form: ChoicesForm, field: StringField) -> None:
        if field.data and _weight(field.data) is None:
            raise ValidationError(gettext("Enter a number."))

    needed = required(N_("Enter a weight."))
    fields: dict[str, Any] = {
        weight_field(code): StringField(validators=[needed, is_number]) for code in weighed
    }
    for code in marked:
        fields[mark_field(code)] = BooleanField()
        fields[reason_field(code)] = TextAreaField()
    return type(
        "StandardChoicesForm", (ChoicesForm,), {"weighed": weighed, "marked": marked, **fields}
    )


def _weight(text: str | None) -> Decimal | None:
    return read_weight(latin_digits(text or ""))
