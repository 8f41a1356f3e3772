"""Forms of KPI pages: a file to import, what its columns mean, a target, a withdrawal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from accredit.i18n import gettext, say, translate
from accredit.identity.forms import department_choices
from accredit.identity.models import Department
from accredit.kpi.cells import DateOrder, UnreadableCellError, cell_text, number, seconds
from accredit.kpi.choices import Choices, hours_text
from accredit.kpi.display import GROUP_WORDS, INPUT_LABELS, ORDER_WORDS
from accredit.kpi.domain import KpiDefinition, Unit
from accredit.kpi.hours import WorkingHours, WorkingHoursError, parse_hours
from accredit.kpi.importing import Mapping, Window, find_column
from accredit.kpi.spreadsheet import Table
from accredit.text import N_, RuleError
from accredit.web.forms import DayField, Form, required
from accredit.web.numbers import hidden_number

FILTERS = (1, 2, 3)


class UploadForm(Form):
    """A file of raw answers, whose they are, and which KPI they answer."""

    department = SelectField(coerce=int)
    kpi = SelectField(validators=[required(N_("Choose a KPI."))])
    file = FileField()

    def offer(
        self, departments: Sequence[Department], definitions: Sequence[KpiDefinition]
    ) -> None:
        """Fill the lists of choices in the reader's language."""
        self.department.choices = department_choices(departments)
        self.kpi.choices = [
            ("", gettext("Choose a KPI")),
            *((found.id, say(found.name)) for found in definitions),
        ]

    def validate_file(self, field: Field) -> None:
        """Refuse to go on without a file."""
        if not isinstance(field.data, FileStorage) or not field.data.filename:
            raise ValidationError(gettext("Choose a CSV or XLSX file."))


class MappingForm(Form):
    """What the columns of a file mean. It only asks, so it needs no token and can be a link."""

    class Meta(Form.Meta):
        """Showing a preview changes nothing; what stores it checks its token itself."""

        csrf = False

    sheet = StringField(validators=[Length(max=100)])
    value = SelectField(validate_choice=False)
    excluded = SelectField(validate_choice=False)
    retained = SelectField(validate_choice=False)
    left = SelectField(validate_choice=False)
    start = SelectField(validate_choice=False)
    end = SelectField(validate_choice=False)
    new = SelectField(validate_choice=False)
    lost = SelectField(validate_choice=False)
    opened = SelectField(validate_choice=False)
    closed = SelectField(validate_choice=False)
    date_column = SelectField(validate_choice=False)
    date_order = SelectField()
    window = SelectField()
    period_from_on = DayField()
    period_to_on = DayField()
    hours = StringField(validators=[Length(max=200)])
    where_column_1 = SelectField(validate_choice=False)
    where_value_1 = StringField(validators=[Length(max=200)])
    where_column_2 = SelectField(validate_choice=False)
    where_value_2 = StringField(validators=[Length(max=200)])
    where_column_3 = SelectField(validate_choice=False)
    where_value_3 = StringField(validators=[Length(max=200)])

    form_errors: list[str]

    #: Why the sheet chosen cannot be read, if so.
    sheet_error: RuleError | None = None

    def offer(self, table: Table, definition: KpiDefinition) -> None:
        """Offer the table's columns, and only the inputs that this KPI knows."""
        self.definition, self.table = definition, table
        known = {name for inputs in definition.inputs for name in inputs}
        for name in INPUT_LABELS:
            if name not in known:
                delattr(self, name)
        if "opened" not in known:
            delattr(self, "hours")
        columns = [("", "—")]
        columns += [(name, name) for name in table.header if name]
        for field in self._column_fields():
            field.choices = columns
            if field.data and not any(choice[0] == field.data for choice in columns):
                field.choices = [*columns, (field.data, field.data)]
        self.date_order.choices = [
            ("", gettext("Year first: 2026-12-31")),
            *((order, gettext(text)) for order, text in ORDER_WORDS.items()),
        ]
        self.window.choices = [(kind, gettext(text)) for kind, text in GROUP_WORDS.items()]

    def input_sets(self) -> list[list[Field]]:
        """The fields for columns, one list for each way this KPI can be computed."""
        return [[self._fields[name] for name in inputs] for inputs in self.definition.inputs]

    def filters(self) -> list[tuple[Field, Field]]:
        """The pairs of column and value that keep rows."""
        return [
            (self._fields[f"where_column_{place}"], self._fields[f"where_value_{place}"])
            for place in FILTERS
        ]

    def has_details(self) -> bool:
        """Whether one of the fields is filled or wrong that most files do not need."""
        names = ["sheet", "hours", "period_from_on", "period_to_on"]
        names += [f"where_{part}_{place}" for part in ("column", "value") for place in FILTERS]
        fields = [self._fields[name] for name in names if name in self._fields]
        return any(field.data or field.errors for field in fields)

    def take_errors(self) -> list[str]:
        """Everything said against the choices, which is then said no more."""
        found = [str(text) for field in self for text in field.errors]
        found += [str(text) for text in self.form_errors]
        for field in self:
            field.errors = []
        self.form_errors = []
        return found

    def carried(self) -> list[tuple[str, str]]:
        """The choices as names and values of hidden fields, so that just these are stored."""
        found = []
        for field in self:
            value = field.data.isoformat() if isinstance(field, DayField) and field.data else None
            text = value or str(field.data or "")
            # An empty choice of a list is a choice too; left out, it would be refused as unknown.
            if text or isinstance(field, SelectField):
                found.append((field.name, text))
        return found

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the choices can be tried on the table."""
        good = bool(super().validate(extra_validators))
        for field in self._column_fields():
            if field.data and find_column(self.table, field.data) is None:
                field.errors = [*field.errors, gettext("The table has no such column, or several.")]
                good = False
        for column, value in self.filters():
            if value.data and value.data.strip() and not column.data:
                column.errors = [*column.errors, gettext("Choose the column of this value.")]
                good = False
        if self._inputs() is None:
            first = self.input_sets()[0][0]
            first.errors = [*first.errors, self._missing_words()]
            good = False
        if bool(self.period_from_on.data) != bool(self.period_to_on.data):
            empty = self.period_to_on if self.period_from_on.data else self.period_from_on
            empty.errors = [*empty.errors, gettext("Give both days of the period, or neither.")]
            good = False
        return good

    def validate_sheet(self, _field: Field) -> None:
        """Refuse a sheet that the workbook does not have."""
        if self.sheet_error is not None:
            raise ValidationError(translate(self.sheet_error.message))

    def validate_hours(self, _field: Field) -> None:
        """Refuse working hours that cannot be read."""
        try:
            self._hours()
        except WorkingHoursError as error:
            raise ValidationError(translate(error.message)) from error

    def choices_given(self) -> Choices:
        """What was chosen; only after validation."""
        period = None
        whole = self.window.data == Window.WHOLE
        if whole and self.period_from_on.data and self.period_to_on.data:
            period = (self.period_from_on.data, self.period_to_on.data)
        mapping = Mapping(
            kpi=self.definition.id,
            columns={name: self._fields[name].data for name in self._inputs() or ()},
            date_column=self.date_column.data or None,
            date_order=DateOrder(self.date_order.data) if self.date_order.data else None,
            window=Window(self.window.data),
            where=tuple(
                (column.data, cell_text(value.data or ""))
                for column, value in self.filters()
                if column.data
            ),
            hours=self._hours(),
        )
        return Choices(mapping, self.sheet_given, period)

    @property
    def sheet_given(self) -> str | None:
        """The sheet chosen, None for the first."""
        return (self.sheet.data or "").strip() or None

    def _hours(self) -> WorkingHours | None:
        field = self._fields.get("hours")
        text = (field.data or "").strip() if field is not None else ""
        return parse_hours(text) if text else None

    def _inputs(self) -> tuple[str, ...] | None:
        """The one complete set of inputs whose columns are chosen, or None."""
        known = {name for inputs in self.definition.inputs for name in inputs}
        chosen = {name for name in known if self._fields[name].data}
        return next((inputs for inputs in self.definition.inputs if set(inputs) == chosen), None)

    def _missing_words(self) -> str:
        if len(self.definition.inputs) == 1 and len(self.definition.inputs[0]) == 1:
            return str(gettext("Choose the column with the answers."))
        if len(self.definition.inputs) == 1:
            return str(gettext("Choose a column for each of these."))
        return str(gettext("Choose all columns of one way, and none of the other."))

    def _column_fields(self) -> list[Any]:
        names = [*INPUT_LABELS, "date_column", *(f"where_column_{place}" for place in FILTERS)]
        return [self._fields[name] for name in names if name in self._fields]


class TargetForm(Form):
    """A target in the KPI's unit; a wait also as hours:minutes:seconds."""

    value = StringField(validators=[required(N_("Enter the target."))])
    seen = HiddenField()

    definition: KpiDefinition

    def validate_value(self, field: Field) -> None:
        """Refuse what is no number."""
        if not (field.data or "").strip():
            return
        try:
            self.value_given()
        except UnreadableCellError as error:
            raise ValidationError(translate(error.message)) from error

    def value_given(self) -> float:
        """The number typed."""
        read = seconds if self.definition.unit is Unit.SECONDS else number
        return float(read(self.value.data or ""))

    def seen_given(self) -> int:
        """The target the page showed; 0 for the definition's, or if it was tampered with."""
        return hidden_number(self.seen.data) or 0


class WithdrawForm(Form):
    """Why an import must not count."""

    reason = TextAreaField(validators=[Length(max=2000)])


def from_mapping(mapping: Mapping, sheet: str | None) -> dict[str, Any]:
    """A mapping as the data of a `MappingForm`."""
    return {
        **mapping.columns,
        "sheet": sheet or "",
        "date_column": mapping.date_column or "",
        "date_order": mapping.date_order or "",
        "window": mapping.window,
        "hours": hours_text(mapping.hours) if mapping.hours else "",
    }
