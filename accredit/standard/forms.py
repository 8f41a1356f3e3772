"""What people send about standards: a file, and what they have read before they publish."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField
from wtforms.widgets import HiddenInput

from accredit.i18n import say
from accredit.standard.file.yaml_tree import MAX_BYTES
from accredit.standard.models import StandardVersion
from accredit.text import N_
from accredit.web.forms import Form, WholeNumberField, required
from accredit.web.numbers import hidden_number


class UploadForm(Form):
    """The file of a standard."""

    file = FileField(validators=[required(N_("Choose the file of the standard."))])

    def take(self) -> tuple[str, bytes]:
        """What was chosen: the file's name, and its bytes, no more than one above the limit."""
        upload = self.file.data
        try:
            return upload.filename, upload.read(MAX_BYTES + 1)
        finally:
            upload.close()


class RevisionForm(Form):
    """Which state of a draft the person saw."""

    revision = WholeNumberField(default=0, widget=HiddenInput())


class ReplaceForm(UploadForm, RevisionForm):
    """Another file for a draft."""


class PublishForm(Form):
    """What the person has read: this content, compared with this version (empty: with none)."""

    sha256 = HiddenField()
    compared_with = HiddenField()

    @property
    def compared_id(self) -> int | None:
        """The version the draft was compared with, or None."""
        return hidden_number(self.compared_with.data)


class CompareForm(Form):
    """Two versions to put side by side."""

    before = SelectField(coerce=int)
    after = SelectField(coerce=int)

    def offer(self, rows: Sequence[StandardVersion]) -> None:
        """Fill both lists with all versions."""
        choices = [(row.id, f"{say(row.title)} {row.version}") for row in rows]
        self.before.choices = choices
        self.after.choices = choices
