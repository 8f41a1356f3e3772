"""What every form shares: the reader's language, Arabic digits, errors beside fields."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Field, FloatField, IntegerField, StringField, TextAreaField
from wtforms.i18n import get_translations
from wtforms.validators import StopValidation
from wtforms.widgets import HiddenInput, Input, core

from accredit.i18n import gettext, language, latin_digits, translate
from accredit.text import Language, RuleError
from accredit.web.logged import log_kept_apart
from accredit.web.numbers import LARGEST


@cache
def _own_messages(chosen: Language) -> Any:
    """WTForms' catalogue of a language; it would read the file anew for every form."""
    return get_translations([chosen])


#: Signs that turn the direction of all that follows: a name with one in front is read backwards,
#: as somebody else's. Marks of a single direction and joiners belong to writing, and stay.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
#: Letters and symbols by their class that show nothing all the same.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
#: Places without a letter that show nothing; in any other a letter of a newer Unicode may stand,
#: and browsers draw a box.
_NOTHING_THERE = (range(0x2065, 0x2066), range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000))


def as_read(text: str | None) -> str | None:
    """A typed text as people read it: without signs that turn it round, and empty where nothing
    of it is seen. What must be given is not given by a sign that nobody sees."""
    if text is None:
        return None
    plain = text.translate(_TURNING)
    return plain if any(_is_seen(sign) for sign in plain) else ""


def _is_seen(sign: str) -> bool:
    category = unicodedata.category(sign)
    if category in ("Cn", "Co"):
        return not any(ord(sign) in places for places in _NOTHING_THERE)
    return category[0] in "LNPS" and sign not in _BLANK


def _attributes(**given: object) -> Markup:
    """The attributes of a control, as WTForms writes them: by name, True as a name alone.

    WTForms formats markup for each, which takes ten times as long, and there are some in every
    option of every list.
    """
    written = []
    for key, value in sorted(given.items()):
        if value is not False:
            name = key.rstrip("_")
            if name.startswith(("data_", "aria_")):
                name = name.replace("_", "-")
            written.append(name if value is True else f'{name}="{escape(value)}"')
    return Markup(" ".join(written))  # noqa: S704 - every value is escaped


# It can be told in no other way: its controls ask their module, and inputs their class.
core.html_params = _attributes
Input.html_params = staticmethod(_attributes)  # type: ignore[method-assign] # as said


class Form(FlaskForm):
    """Base of every form: WTForms' own messages come in the reader's language."""

    class Meta(FlaskForm.Meta):
        """Follow the page's language instead of the browser's."""

        cache_translations = False
        # Every unsafe request has shown its page's token before a view begins (`CSRFProtect`):
        # a form would only compute and compare the same one again.
        csrf = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What a page's own form sent; JSON is none, and makes no field of ours."""
            if isinstance(formdata, MultiDict) or not request.is_json:
                return super().wrap_formdata(form, formdata)
            return None

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            """Every text, of one line or of many, is taken as it is read."""
            field = super().bind_field(form, unbound_field, options)
            if type(field) in (StringField, TextAreaField):
                field.filters = (*field.filters, as_read)
            return field

        @property
        def locales(self) -> list[str]:
            """The one language of this page."""
            return [language()]

        def get_translations(self, _form: Any) -> Any:
            """WTForms' own catalogue in that language."""
            return _own_messages(language())


def _latin(values: Sequence[str]) -> list[str]:
    return [latin_digits(value).strip() for value in values]


class NumberField(FloatField):
    """A number; Arabic-Indic digits and marks are accepted."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was sent."""
        super().process_formdata(_latin(valuelist))


class WholeNumberField(IntegerField):
    """A whole number; Arabic-Indic digits are accepted."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was sent."""
        super().process_formdata(_latin(valuelist))
        if self.data is not None and abs(self.data) > LARGEST:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))


class DayField(DateField):
    """A date as yyyy-mm-dd; Arabic-Indic digits are accepted, an empty field is None."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was sent."""
        if valuelist and valuelist[0].strip():
            super().process_formdata(_latin(valuelist))


def required(text: str) -> Callable[[Any, Field], None]:
    """A validator with a sentence of its own (`text` is a marked message).

    Unlike WTForms' own it also refuses text that is only white space, and says what to do;
    of what is not there nothing else is said.
    """

    def check(_form: Any, field: Field) -> None:
        if field.data is None or field.data == [] or not str(field.data).strip():
            raise StopValidation(gettext(text))

    # WTForms reads these flags to write the `required` attribute.
    check.field_flags = {"required": True}  # type: ignore[attr-defined] # functions carry attributes
    return check


def hide(field: Field) -> None:
    """The page has no control for the field: its errors are said and lead nowhere."""
    field.widget = HiddenInput()


def show_rule_error(form: Form, error: RuleError) -> None:
    """Put a broken rule beside the field it belongs to, or above the form."""
    log_kept_apart(error)
    message = translate(error.message)
    field = form._fields.get(error.field) if error.field else None
    if field is None:
        form.form_errors.append(message)
    else:
        field.errors = [*field.errors, message]
