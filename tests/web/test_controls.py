"""The attributes of controls are written as WTForms writes them."""

from __future__ import annotations

import pytest
from wtforms import SelectField, StringField, TextAreaField
from wtforms.widgets import html_params

from accredit.web.forms import Form, _attributes


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"name": "a", "id": "b", "class_": "c d", "for_": "e"},
        {"required": True, "disabled": False, "maxlength": 20, "value": None},
        {"data_unsaved": True, "aria_describedby": "a-hint", "data-level_key": "1"},
        {"value": "<b> \"it's\" & 'so'", "placeholder": "اسم"},
    ],
)
def test_attributes_are_those_of_the_library(given):
    assert _attributes(**given) == html_params(**given)


def test_what_a_person_typed_stays_inside_its_attribute(app):
    class Typed(Form):
        name = StringField()
        note = TextAreaField()
        kind = SelectField(choices={'"><script>': "one", "b": "<two>"})

    with app.test_request_context("/"):
        form = Typed(formdata=None, name='"><script>', note="</textarea>", kind="b")
        assert str(form.name(class_="input")) == (
            '<input class="input" id="name" name="name" type="text" '
            'value="&#34;&gt;&lt;script&gt;">'
        )
        assert '<option value="&#34;&gt;&lt;script&gt;">one</option>' in form.kind()
        assert '<option selected value="b">&lt;two&gt;</option>' in form.kind()
        assert "&lt;/textarea&gt;" in form.note()
