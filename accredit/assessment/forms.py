"""What people send about assessments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from wtforms import (
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, StopValidation, ValidationError

from accredit.assessment.awarded import field_of
from accredit.assessment.duties import DUTY_STAGES
from accredit.assessment.models import Assessment
from accredit.i18n import gettext, say
from accredit.identity.domain import Role
from accredit.standard.domain import Combine, Element, Standard
from accredit.text import N_
from accredit.web.forms import DayField, Form, WholeNumberField, as_read, required
from accredit.web.numbers import asked_number, hidden_number

#: The first choice of a list that has none yet; no row has this number.
UNCHOSEN = 0


def _chosen(text: str) -> Callable[[Form, SelectField], None]:
    def check(_form: Form, field: SelectField) -> None:
        if field.data == UNCHOSEN:
            raise StopValidation(gettext(text))

    return check


def _among(text: str, choices: Sequence[tuple[int, str]]) -> Sequence[tuple[int, str]]:
    """What may be chosen. Where it is more than one thing, nothing is chosen by itself."""
    return choices if len(choices) == 1 else [(UNCHOSEN, gettext(text)), *choices]


class OpenForm(Form):
    """A new assessment: of whom, by which standard, what of it, until when."""

    department_id = SelectField(coerce=int, validators=[_chosen(N_("Choose the department."))])
    standard_version_id = SelectField(coerce=int, validators=[_chosen(N_("Choose the standard."))])
    cycle = StringField(
        validators=[required(N_("Name the cycle, for example the year.")), Length(max=20)]
    )
    scope_ar = StringField(validators=[required(N_("Write the scope in Arabic.")), Length(max=300)])
    scope_en = StringField(
        validators=[required(N_("Write the scope in English.")), Length(max=300)]
    )
    due_on = DayField(validators=[Optional()])

    def offer(
        self, departments: Sequence[tuple[int, str]], versions: Sequence[tuple[int, str]]
    ) -> None:
        """What may be assessed, and by which versions of standards."""
        self.department_id.choices = _among(N_("Choose a department"), departments)
        self.standard_version_id.choices = _among(N_("Choose a standard"), versions)


class ScoreForm(Form):
    """A level with its reason; `version` is that of the score the page showed.

    An element with attributes has a field for each of them, before its level as a whole;
    where their mean counts, no level is asked for. See `score_form`.
    """

    level = StringField()
    reason = TextAreaField()
    version = HiddenField()

    level_ids: tuple[str, ...] = ()
    attribute_ids: tuple[str, ...] = ()
    asks_level = True

    def validate_level(self, field: StringField) -> None:
        """The level is one of the element's scale."""
        if not self.asks_level:
            return
        if not field.data:
            asked = N_("Choose an overall value.") if self.attribute_ids else N_("Choose a level.")
            raise ValidationError(gettext(asked))
        if field.data not in self.level_ids:
            raise ValidationError(gettext("Choose one of the levels."))

    @property
    def values(self) -> dict[str, str]:
        """The values of the attributes, as far as they are chosen."""
        given = ((name, self[field_of(name)].data) for name in self.attribute_ids)
        return {name: value for name, value in given if value in self.level_ids}

    def fill(self, values: Mapping[str, str]) -> None:
        """Show these values of the attributes."""
        for name in self.attribute_ids:
            self[field_of(name)].data = values.get(name, "")


def score_form(standard: Standard, element: Element, **kwargs: Any) -> ScoreForm:
    """The form for a score of this element."""
    return _form_of(standard, element)(**kwargs)


@dataclass(frozen=True, slots=True)
class SentScore:
    """A score as it was sent, where its form would say nothing against it."""

    level: str
    values: Mapping[str, str]
    reason: str
    version: int | None


def sent_score(standard: Standard, element: Element, sent: Mapping[str, str]) -> SentScore | None:
    """What was sent, or None where the form of this element has something to say.

    A form makes fields, labels and words to be shown; whoever saves while they write sees none
    of them, and would wait longer for them than for all the rules.
    """
    form = _form_of(standard, element)
    level = as_read(sent.get("level")) or ""
    if form.asks_level and level not in form.level_ids:
        return None
    values = {name: as_read(sent.get(field_of(name))) or "" for name in form.attribute_ids}
    if any(value not in form.level_ids for value in values.values()):
        return None
    reason, version = as_read(sent.get("reason")) or "", hidden_number(sent.get("version"))
    return SentScore(level, values, reason, version)


def _form_of(standard: Standard, element: Element) -> type[ScoreForm]:
    attributes = standard.attributes_of(element)
    return _form_for(
        standard.scale_of(element).level_ids,
        () if attributes is None else attributes.ids,
        attributes is None or attributes.combine is Combine.HOLISTIC,
    )


@cache
def _form_for(
    level_ids: tuple[str, ...], attribute_ids: tuple[str, ...], asks_level: bool
) -> type[ScoreForm]:
    """A form class for one kind of element; there are few in a standard."""

    def is_known(_form: ScoreForm, field: StringField) -> None:
        if field.data not in level_ids:
            raise ValidationError(gettext("Choose a value."))

    return type(
        "ElementScoreForm",
        (ScoreForm,),
        {
            "level_ids": level_ids,
            "attribute_ids": attribute_ids,
            "asks_level": asks_level,
            **{field_of(name): StringField(validators=[is_known]) for name in attribute_ids},
        },
    )


class LinkForm(Form):
    """Evidence for an element (one or several at once), and where in it to look."""

    evidence_id = SelectMultipleField(
        coerce=asked_number, validators=[required(N_("Choose a piece of evidence."))]
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


class SearchForm(Form):
    """What is looked for in the evidence of one's assessments; it only reads."""

    class Meta(Form.Meta):
        """A search is an address that can be kept and shared."""

        csrf = False

    q = StringField()
    assessment = SelectField(coerce=int, default=0)

    def offer(self, assessments: Sequence[Assessment]) -> None:
        """Fill the list, with "any" first."""
        self.assessment.choices = [
            (0, gettext("All my assessments")),
            *((one.id, f"{say(one.department.name)} {one.cycle}") for one in assessments),
        ]

    def wanted(self) -> tuple[str, int | None]:
        """The words, and the assessment asked for; what is no choice counts as "any"."""
        offered = {choice[0] for choice in self.assessment.iter_choices()}
        chosen = self.assessment.data if self.assessment.data in offered else None
        return (self.q.data or "").strip()[:200], chosen or None


class ReturnForm(Form):
    """Why the assessment goes back."""

    reason = TextAreaField()
