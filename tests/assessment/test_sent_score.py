"""What is sent of a score, read without a form: just what its form would take, and no more."""

from __future__ import annotations

from itertools import product

import pytest

from accredit.assessment.forms import score_form, sent_score
from tests.assessment.schemes import BLENDED, NAMED, POINTS, read

ABSENT = object()
#: Some are read as the level of a scale all the same: what is not seen is taken away.
NO_LEVELS = (ABSENT, "", " ", "\u202e50\u202c", "50\u200b", "٥٠", "x" * 300)
REASONS = (
    ABSENT,
    "",
    "\u200b",
    "Seen in the records.",
    "\u202eturned round\u202c",
    " two\r\nlines ",
)


def as_form_takes_it(app, standard, element, data):
    with app.test_request_context("/", method="POST", data=data):
        form = score_form(standard, element)
        if not form.validate():
            return None
        return form.level.data or "", form.values, form.reason.data or ""


def as_it_is_read(app, standard, element, data):
    with app.test_request_context("/", method="POST", data=data) as context:
        sent = sent_score(standard, element, context.request.form)
        return None if sent is None else (sent.level, sent.values, sent.reason)


@pytest.mark.parametrize("path", [POINTS, NAMED, BLENDED], ids=lambda path: path.stem)
def test_it_is_taken_where_the_form_takes_it_and_as_the_form_takes_it(app, path):
    standard = read(path)
    taken = 0
    for element in standard.elements:
        attributes = standard.attributes_of(element)
        names = [] if attributes is None else [f"attribute_{one}" for one in attributes.ids]
        values = (*NO_LEVELS, *standard.scale_of(element).level_ids[-2:])
        for level, value, reason in product(values, values if names else ("",), REASONS):
            data = {"level": level, "reason": reason, **dict.fromkeys(names, value)}
            data = {name: given for name, given in data.items() if given is not ABSENT}
            expected = as_form_takes_it(app, standard, element, data)
            assert as_it_is_read(app, standard, element, data) == expected, data
            taken += expected is not None
    assert taken > 0


@pytest.mark.parametrize(
    ("version", "read_as"),
    [(ABSENT, None), ("", None), ("3", 3), ("-1", None), ("three", None), ("9" * 40, 2**31 - 1)],
)
def test_the_version_is_a_number_or_none(app, version, read_as):
    standard = read(NAMED)
    element = standard.elements[0]
    level = standard.scale_of(element).levels[0].id
    data = {"level": level, "reason": "Seen."} | ({} if version is ABSENT else {"version": version})
    assert sent_score(standard, element, data).version == read_as
