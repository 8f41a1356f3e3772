"""What every form shares: the reader's language, Arabic digits, errors beside fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Field, FloatField, IntegerField
from wtforms.i18n import get_translations
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput

from accredit.i18n import gettext, language, latin_digits, translate
from accredit.text import Language, RuleError
from accredit.web.numbers import LARGEST


@cache
def _own_messages(chosen: Language) -> Any:
    """WTForms' catalogue of a language; it would read the file anew for every form."""
    return get_translations([chosen])


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

    Unlike WTForms' own it also refuses text that is only white space, and says what to do.
    """

    def check(_form: Any, field: Field) -> None:
        if field.data is None or field.data == [] or not str(field.data).strip():
            raise ValidationError(gettext(text))

    # WTForms reads these flags to write the `required` attribute.
    check.field_flags = {"required": True}  # type: ignore[attr-defined] # functions carry attributes
    return check


def hide(field: Field) -> None:
    """The page has no control for the field: its errors are said and lead nowhere."""
    field.widget = HiddenInput()


def show_rule_error(form: Form, error: RuleError) -> None:
    """Put a broken rule beside the field it belongs to, or above the form."""
    message = translate(error.message)
    field = form._fields.get(error.field) if error.field else None
    if field is None:
        form.form_errors.append(message)
    else:
        field.errors = [*field.errors, message]
