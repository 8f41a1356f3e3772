"""The forms of evidence: upload, describe, renew, withdraw, search."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from accredit.evidence.domain import Details, Upload
from accredit.evidence.library import Shown, Wanted
from accredit.evidence.models import Evidence
from accredit.evidence.policy import FILE_KINDS
from accredit.i18n import gettext, say
from accredit.identity.forms import department_choices
from accredit.identity.models import Department
from accredit.text import Bilingual
from accredit.web.forms import DayField, Form, WholeNumberField, hide

#: What a file chooser offers; whatever is chosen, the policy decides.
ACCEPT = ",".join(f".{ending}" for ending in FILE_KINDS)


#: Characters; a longer one was typed by no chooser of files.
_LONGEST_NAME = 1000


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that was sent in pieces before its form: its hash, and its name as the person's."""

    sha256: str
    name: str

    @property
    def value(self) -> str:
        """How the form says it."""
        return f"{self.sha256} {self.name}"


class ArrivedField(Field):
    """Files that arrived in pieces, each named by its hash and its own name."""

    data: list[Arrived]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was sent; that each is there is seen when it is opened."""
        pairs = [value.partition(" ") for value in valuelist]
        self.data = [Arrived(sha256, name[:_LONGEST_NAME]) for sha256, _space, name in pairs]

    def process_data(self, _value: object) -> None:
        """A form that was not sent names none."""
        self.data = []

    def leave_out(self, names: Collection[str]) -> None:
        """Forget those with these names."""
        self.data = [one for one in self.data if one.name not in names]


class FilesForm(Form):
    """Files from a person's machine, with the form or ahead of it."""

    files = MultipleFileField(render_kw={"accept": ACCEPT})
    arrived = ArrivedField()

    def uploads(self) -> list[Upload]:
        """The files sent with the form; a chooser left empty sends one without a name."""
        return [
            Upload(file.filename, cast("BinaryIO", file.stream))
            for file in self.files.data or []
            if file.filename
        ]


class VersionForm(Form):
    """One newer file."""

    files = FileField(render_kw={"accept": ACCEPT})
    arrived = ArrivedField()

    def uploads(self) -> list[Upload]:
        """The file sent with the form, if one was."""
        file = self.files.data
        return [Upload(file.filename, cast("BinaryIO", file.stream))] if file else []


class PieceForm(Form):
    """A piece of a file; only the script of the upload page sends it."""

    sha256 = StringField(validators=[Regexp(r"[0-9a-f]{64}\Z")])
    size = WholeNumberField(validators=[NumberRange(min=1)])
    offset = WholeNumberField(validators=[NumberRange(min=0)])
    piece = FileField(validators=[FileRequired()])


class DetailsForm(Form):
    """What people say about evidence."""

    title = StringField()
    kind = SelectField(validators=[Optional()])
    period_from_on = DayField(validators=[Optional()])
    period_to_on = DayField(validators=[Optional()])
    note = TextAreaField(validators=[Optional()], render_kw={"rows": 4})

    def offer_kinds(self, kinds: Mapping[str, Bilingual]) -> None:
        """Fill the list of kinds, in the reader's alphabet, after "not said"."""
        named = sorted(((say(name), key) for key, name in kinds.items()), key=lambda pair: pair[0])
        self.kind.choices = [("", gettext("Not said")), *((key, name) for name, key in named)]

    def details(self) -> Details:
        """What was typed."""
        return Details(
            title=self.title.data or "",
            note=self.note.data or "",
            kind=self.kind.data or None,
            period_from_on=self.period_from_on.data,
            period_to_on=self.period_to_on.data,
        )


class TickedField(Field):
    """What was ticked of a list that the template writes; the view knows what was offered."""

    data: list[str]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was sent."""
        self.data = list(valuelist)

    def process_data(self, value: object) -> None:
        """What is ticked at first; nothing, where nobody says."""
        self.data = [value] if isinstance(value, str) else []


class UploadForm(DetailsForm, FilesForm):
    """New evidence. `assessment` and `element` say where the person came from."""

    department = SelectField(coerce=int)
    uses = TickedField()
    assessment = HiddenField()
    element = HiddenField()

    def offer_departments(self, departments: Sequence[Department]) -> None:
        """Fill the list of departments the person uploads for."""
        self.department.choices = department_choices(departments)
        if len(departments) == 1:
            hide(self.department)


class EditForm(DetailsForm):
    """Changed details, on top of the version that was opened."""

    version = WholeNumberField(widget=HiddenInput())

    @classmethod
    def showing(cls, evidence: Evidence) -> EditForm:
        """The form as a person first sees it."""
        form: EditForm = cls(obj=evidence)
        return form


class LinkForm(Form):
    """The elements a piece of evidence supports, and where in it to look."""

    uses = TickedField()
    place = StringField(validators=[Optional()])


class WithdrawForm(Form):
    """Why evidence is withdrawn."""

    reason = TextAreaField(render_kw={"rows": 3, "required": True})


class LibraryForm(Form):
    """What is looked for in the library; it only reads, so it needs no token."""

    class Meta(Form.Meta):
        """A search is an address that can be kept and shared."""

        csrf = False

    q = StringField()
    department = SelectField(coerce=int, default=0)
    kind = SelectField()
    show = HiddenField()

    def offer(self, departments: Sequence[Department], kinds: Mapping[str, Bilingual]) -> None:
        """Fill the lists, each with "any" first."""
        everything = (0, gettext("All departments"))
        self.department.choices = [everything, *department_choices(departments)]
        named = sorted(((say(name), key) for key, name in kinds.items()), key=lambda pair: pair[0])
        self.kind.choices = [("", gettext("All kinds")), *((key, name) for name, key in named)]

    def wanted(self) -> Wanted:
        """What was asked for; what is no choice counts as "any"."""
        shown = self.show.data if self.show.data in set(Shown) else Shown.IN_USE
        return Wanted(
            query=(self.q.data or "")[:200],
            department_id=_chosen(self.department) or None,
            kind=_chosen(self.kind) or None,
            shown=Shown(shown),
        )


def _chosen(field: SelectField) -> Any:
    offered = {choice[0] for choice in field.iter_choices()}
    return field.data if field.data in offered else None
