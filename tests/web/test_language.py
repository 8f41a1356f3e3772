"""Days, moments and sentences in the reader's language, and what is remembered of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask, render_template_string

from accredit import i18n

RIYADH = timezone(timedelta(hours=3))


@pytest.fixture
def reading(app: Flask):
    """`with reading("ar"):` a request of somebody who reads that language."""
    return lambda language: app.test_request_context(f"/?lang={language}")


def test_a_day_is_written_with_the_name_of_its_month(reading):
    day = datetime(2026, 11, 21, tzinfo=UTC).date()

    assert (i18n.format_day(day, "en"), i18n.format_day(day, "ar")) == (
        "21 November 2026",
        "21 نوفمبر 2026",
    )
    with reading("ar"):
        assert i18n.format_day(day) == "21 نوفمبر 2026"
    with reading("en"):
        assert i18n.format_day(day) == "21 November 2026"


def test_one_moment_is_another_day_elsewhere(reading):
    late = datetime(2026, 1, 1, 23, 0, tzinfo=UTC)
    early = late.astimezone(RIYADH)
    assert late == early

    with reading("en"):
        assert i18n.format_day(late) == "1 January 2026"
        assert i18n.format_day(early) == "2 January 2026"


def test_a_moment_is_shown_in_the_zone_of_the_programme_whatever_it_was_before(app, reading):
    moment = datetime(2026, 1, 1, 23, 5, 59, tzinfo=UTC)
    with reading("en"):
        shown = i18n.format_moment(moment)
        assert shown == "2 January 2026, 02:05"
        assert i18n.format_moment(moment.astimezone(RIYADH)) == shown
    app.config["TIME_ZONE"], usual = UTC, app.config["TIME_ZONE"]
    try:
        with reading("en"):
            assert i18n.format_moment(moment) == "1 January 2026, 23:05"
    finally:
        app.config["TIME_ZONE"] = usual


def test_each_reader_gets_their_own_language_of_the_same_text(reading):
    for language, expected in (("en", "My work"), ("ar", "عملي"), ("en", "My work")):
        with reading(language):
            assert i18n.gettext("My work") == expected
            assert render_template_string('{{ _("My work") }}') == expected


def test_a_number_picks_its_form(reading):
    one, many = "%(num)s piece", "%(num)s pieces"
    with reading("en"):
        assert i18n.ngettext(one, many, 1) == "1 piece"
        assert i18n.ngettext(one, many, 3) == "3 pieces"
    with reading("ar"):
        forms = {i18n.ngettext(one, many, number) % {} for number in (1, 2, 5, 11)}
        assert len(forms) == 4
        template = "{{ ngettext(one, many, 5) }}"
        assert render_template_string(template, one=one, many=many) == i18n.ngettext(one, many, 5)


def test_what_people_typed_is_escaped_in_a_sentence_and_its_percent_signs_stay(reading):
    template = '{{ _("Element %(code)s saved.", code=typed) }} {{ _("100%% sure") }}'
    with reading("en"):
        assert (
            render_template_string(template, typed="<b>50% & %(x)s</b>")
            == "Element &lt;b&gt;50% &amp; %(x)s&lt;/b&gt; saved. 100% sure"
        )
