"""The filters of the trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wtforms import SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from accredit.i18n import gettext, say
from accredit.identity.models import Person
from accredit.trail.service import Filters
from accredit.trail.wording import ACTIONS, SUBJECTS
from accredit.web.forms import DayField, Form

_FIRST, _LAST = date(2000, 1, 1), date(2200, 1, 1)


def _is_plausible(_form: Form, field: DayField) -> None:
    if field.data is not None and not _FIRST <= field.data <= _LAST:
        raise ValidationError(gettext("Enter a date such as 2026-11-21."))


class TrailForm(Form):
    """What to look for; sent in the address, since it changes nothing."""

    class Meta(Form.Meta):
        """A search needs no token."""

        csrf = False

    person = SelectField(default="")
    action = SelectField(default="", validate_choice=False)
    subject = SelectField(default="", validate_choice=False)
    subject_id = StringField(validators=[Length(max=64)])
    since = DayField(validators=[Optional(), _is_plausible])
    until = DayField(validators=[Optional(), _is_plausible])

    def offer(self, actors: Iterable[Person]) -> None:
        """Fill the lists of choices in the reader's language."""
        self.person.choices = {"": gettext("All")} | {
            str(actor.id): say(actor.name) for actor in actors
        }
        self.action.choices = _choices(ACTIONS, self.action.data)
        self.subject.choices = _choices(SUBJECTS, self.subject.data)

    def filters(self, zone: ZoneInfo) -> Filters:
        """What was asked, days as moments in the programme's time zone; only after validation."""
        return Filters(
            person_id=int(self.person.data) if self.person.data else None,
            action=self.action.data or "",
            subject_type=self.subject.data or "",
            subject_id=(self.subject_id.data or "").strip(),
            since=_start(self.since.data, zone),
            until=_start(self.until.data and self.until.data + timedelta(days=1), zone),
        )


def _choices(words: Mapping[str, str], asked: str | None) -> dict[str, str]:
    """All, what has words, and what was asked for even if it has none."""
    choices = {"": gettext("All")} | {key: gettext(text) for key, text in words.items()}
    return choices if not asked else {asked: asked} | choices


def _start(day: date | None, zone: ZoneInfo) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
