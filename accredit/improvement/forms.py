"""The forms of improvement plans: an action, its progress, a draft, and the filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs are older
from wtforms.validators import Optional, ValidationError

from accredit.i18n import gettext, say, translate
from accredit.identity.forms import department_choices
from accredit.identity.models import Department, Person
from accredit.improvement.board import View
from accredit.improvement.display import SHOWN_NAMES
from accredit.improvement.domain import STATUS_NAMES, ActionDetails, ActionStatus
from accredit.improvement.models import ImprovementAction
from accredit.improvement.plan import Shown, Wanted
from accredit.improvement.promise import Reading
from accredit.improvement.verification import OUTCOME_NAMES, Outcome
from accredit.kpi.cells import UnreadableCellError, number, seconds
from accredit.kpi.display import value_text
from accredit.kpi.domain import KpiDefinition, Unit
from accredit.kpi.loader import service_kpis
from accredit.web.forms import DayField, Form
from accredit.web.numbers import hidden_number


class ActionForm(Form):
    """What will be done, by whom, until when, and which KPI it will move how far."""

    title = StringField()
    description = TextAreaField(validators=[Optional()], render_kw={"rows": 4})
    owner_id = SelectField(coerce=int, default=0)
    due_on = DayField(validators=[Optional()])
    kpi = SelectField(default="")
    target = StringField(validators=[Optional()])
    version = HiddenField()
    department = HiddenField()
    assessment = HiddenField()
    element = HiddenField()

    def offer(
        self,
        owners: Sequence[Person],
        readings: Mapping[str, Reading],
        targets: Mapping[str, float],
        first: Sequence[str] = (),
    ) -> None:
        """Fill the lists: owners by name, KPIs with their figures, those in `first` on top."""
        self.owner_id.choices = [
            SelectChoice(0, gettext("Nobody yet")),
            *(SelectChoice(person.id, say(person.name)) for person in owners),
        ]
        kpis = sorted(service_kpis().kpis, key=lambda kpi: kpi.id not in first)
        self.kpi.choices = [
            SelectChoice("", gettext("None: nothing will show whether it worked")),
            *(
                SelectChoice(kpi.id, _kpi_label(kpi, readings.get(kpi.id), targets[kpi.id]))
                for kpi in kpis
            ),
        ]

    @classmethod
    def showing(cls, action: ImprovementAction) -> ActionForm:
        """The form as a person first sees it for an action that exists."""
        target = action.target_value
        form: ActionForm = cls(
            data={
                "title": action.title,
                "description": action.description,
                "owner_id": action.owner_id or 0,
                "due_on": action.due_on,
                "kpi": action.kpi or "",
                "target": "" if target is None else f"{target:.12g}",
                "version": action.version,
            }
        )
        return form

    def validate_target(self, _field: StringField) -> None:
        """Refuse what is no number."""
        try:
            self._target()
        except UnreadableCellError as error:
            raise ValidationError(translate(error.message)) from error

    def details(self) -> ActionDetails:
        """What was typed; only after validation."""
        return ActionDetails(
            title=self.title.data or "",
            description=self.description.data or "",
            owner_id=self.owner_id.data or None,
            due_on=self.due_on.data,
            kpi=self.kpi.data or None,
            target=self._target(),
        )

    @property
    def loaded_version(self) -> int | None:
        """The version of the action the form was filled from."""
        return whole(self.version.data)

    def _target(self) -> float | None:
        """The target in the KPI's unit; a wait also as hours:minutes:seconds."""
        definition = service_kpis().find(self.kpi.data or "")
        text = (self.target.data or "").strip()
        if definition is None or not text:
            return None
        read = seconds if definition.unit is Unit.SECONDS else number
        return float(read(text))


class ReportForm(Form):
    """How far an action is."""

    status = RadioField(coerce=ActionStatus)
    note = TextAreaField(validators=[Optional()], render_kw={"rows": 3})
    version = HiddenField()

    def offer(self, status: ActionStatus) -> None:
        """Offer the state it has and those that can follow."""
        stay = gettext("No change: %(status)s", status=gettext(STATUS_NAMES[status]))
        self.status.choices = [
            SelectChoice(status.value, stay),
            *(
                SelectChoice(after.value, gettext(STATUS_NAMES[after]))
                for after in status.following
            ),
        ]

    @property
    def loaded_version(self) -> int | None:
        """The version of the action the page showed."""
        return whole(self.version.data)


class VerificationForm(Form):
    """Whether an action worked, in the words of somebody who had no part in it."""

    outcome = RadioField(coerce=Outcome)
    finding = TextAreaField(validators=[Optional()], render_kw={"rows": 3})
    version = HiddenField()

    def offer(self) -> None:
        """Offer both answers."""
        self.outcome.choices = [
            SelectChoice(outcome.value, gettext(OUTCOME_NAMES[outcome])) for outcome in Outcome
        ]

    @property
    def loaded_version(self) -> int | None:
        """The version of the action the page showed."""
        return whole(self.version.data)


class DraftForm(Form):
    """The gaps for which actions are drafted."""

    codes = SelectMultipleField(validate_choice=False)


class PlanForm(Form):
    """What is looked for in a plan; it only reads, so it needs no token."""

    class Meta(Form.Meta):
        """A filter is an address that can be kept and shared."""

        csrf = False

    department = SelectField(coerce=int, default=0)
    view = HiddenField()
    show = SelectField(default=Shown.ALL.value)
    owner = SelectField(default="")
    overdue = BooleanField()

    def offer(self, departments: Sequence[Department], owners: Sequence[Person]) -> None:
        """Fill the lists, each with "any" first."""
        self.department.choices = [
            (0, gettext("All departments")),
            *department_choices(departments),
        ]
        self.show.choices = [
            SelectChoice(shown.value, gettext(SHOWN_NAMES[shown])) for shown in SHOWN_NAMES
        ]
        self.owner.choices = [
            SelectChoice("", gettext("Anybody")),
            SelectChoice("0", gettext("Nobody yet")),
            *(SelectChoice(str(person.id), say(person.name)) for person in owners),
        ]

    @property
    def chosen_view(self) -> View:
        """How the plan is laid out; as a list unless another way was asked for."""
        return View(self.view.data) if self.view.data in set(View) else View.LIST

    def wanted(self) -> Wanted:
        """What was asked for; what is no choice counts as "any"."""
        self.validate()
        owner = "" if self.owner.errors else self.owner.data
        return Wanted(
            department_id=None if self.department.errors else self.department.data or None,
            shown=Shown.ALL if self.show.errors else Shown(self.show.data),
            owner_id=int(owner) if owner else None,
            overdue=bool(self.overdue.data),
        )


def whole(text: str | None) -> int | None:
    """The whole number in a hidden field, None for anything else."""
    return hidden_number(text)


def _kpi_label(kpi: KpiDefinition, reading: Reading | None, target: float) -> str:
    """The KPI with what it is now and the department's target for it."""
    values = {"kpi": say(kpi.name), "target": value_text(kpi, target)}
    if reading is None:
        return str(gettext("%(kpi)s: not measured yet, target %(target)s", **values))
    now = value_text(kpi, reading.value.value)
    return str(gettext("%(kpi)s: now %(now)s, target %(target)s", now=now, **values))
