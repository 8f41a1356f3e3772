"""What people send about the ties they declare."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import SelectField, TextAreaField
from wtforms.validators import Optional

from accredit.assessment.declaring import Declaration
from accredit.assessment.interests import INTEREST_NAMES, InterestKind
from accredit.i18n import gettext
from accredit.identity.forms import place_words
from accredit.identity.people import Place
from accredit.text import N_
from accredit.web.forms import DayField, Form, required


class InterestForm(Form):
    """A tie of one's own: to whom, of what kind, in one's own words, and since when it is over."""

    place = SelectField(validators=[required(N_("Choose to whom you are tied."))])
    kind = SelectField(validators=[required(N_("Choose what ties you."))])
    words = TextAreaField(validators=[required(N_("Say in your own words what the tie is."))])
    ended_on = DayField(validators=[Optional()])

    def offer(self, places: Sequence[Place], chosen: str = "") -> None:
        """Fill the lists in the reader's language; `chosen` is the place that is offered first."""
        self.place.choices = {"": gettext("Choose a place")} | {
            place.key: place_words(place) for place in places
        }
        self.kind.choices = {"": gettext("Choose what ties you")} | {
            kind.value: gettext(name) for kind, name in INTEREST_NAMES.items()
        }
        self._places = {place.key: place for place in places}
        if self.place.data is None and chosen in self._places:
            self.place.data = chosen

    @property
    def declaration(self) -> Declaration:
        """What was declared; only after validation."""
        return Declaration(
            self._places[self.place.data],
            InterestKind(self.kind.data),
            self.words.data or "",
            self.ended_on.data,
        )


class EndForm(Form):
    """The day on which a tie ended."""

    ended_on = DayField(validators=[required(N_("Give the day on which the tie ended."))])


class SetAsideForm(Form):
    """Why a declaration counts no more."""

    reason = TextAreaField()
