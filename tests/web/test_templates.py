"""Templates are written as Jinja's language says, though by code of ours."""

from __future__ import annotations

import pytest
from jinja2 import StrictUndefined, pass_context
from jinja2.exceptions import UndefinedError
from markupsafe import Markup

from accredit.web.templates import Templates

MACROS = """
{%- macro named(first, second="two", third=none) -%}
  {{- first }}-{{ second }}-{{ third }}
{%- endmacro -%}
{%- macro around(word) -%}<{{ caller() if caller is defined else word }}>{%- endmacro -%}
{%- macro more(word) -%}{{ word }}{{ kwargs | xmlattr }}{%- endmacro -%}
{%- macro several() -%}{{ varargs | join(",") }}{%- endmacro -%}
"""


@pytest.fixture
def write(app):
    """What a template makes of some values, with escaping as in a page or without as in a mail."""

    def write(source: str, *, autoescape: bool = True, **values: object) -> str:
        environment = Templates(app, undefined=StrictUndefined, autoescape=autoescape)
        return environment.from_string(MACROS + source).render(values)

    return write


def test_what_wants_the_context_is_given_it(app):
    @pass_context
    def told(context, word):
        return f"{context['said']} {word}"

    environment = Templates(app, undefined=StrictUndefined, autoescape=True)
    environment.globals["told"] = told
    assert environment.from_string("{{ told('you') }}").render(said="I") == "I you"


def test_only_a_name_of_the_application_may_want_the_context(app):
    # Nothing else is looked at: no method of a value, and no function that a view gives.
    wanting = set()
    with app.test_request_context("/"):
        for name, value in app.jinja_env.globals.items():
            if hasattr(value, "jinja_pass_arg"):
                wanting.add(name)
    assert wanting == {"pgettext", "npgettext"}


def test_a_macro_takes_arguments_by_place_and_by_name(write):
    assert write("{{ named(1) }} {{ named(1, third=3) }}") == "1-two-None 1-two-3"
    assert write("{{ named(second=2, first=1) }} {{ named(1, 2, 3) }}") == "1-2-None 1-2-3"
    assert write("{{ named(*[1, 2], **{'third': 3}) }}") == "1-2-3"


def test_a_macro_refuses_what_it_does_not_know(write):
    for call in ("named(1, fourth=4)", "named(1, 2, 3, 4)", "around(1, caller=2, caller_too=3)"):
        with pytest.raises(TypeError):
            write("{{ " + call + " }}")
    with pytest.raises(UndefinedError):
        write("{{ named() }}")
    with pytest.raises(UndefinedError):
        write("{{ nobody_knows() }}")


def test_a_macro_knows_whether_something_stands_inside(write):
    inside = "{% call around('x') %}{{ word }}{% endcall %}"
    assert write("{{ around('x') }}" + inside, word="y") == "<x><y>"
    loop = "{% for n in [1, 2] %}{% call around('x') %}{{ loop.index }}{% endcall %}{% endfor %}"
    assert write(loop) == "<1><2>"


def test_a_macro_may_take_what_else_it_is_given(write):
    assert write("{{ more('x', lang='ar') }}") == 'x lang="ar"'
    assert write("{{ several(1, 2) }}") == "1,2"


def test_every_text_is_escaped_once_and_markup_never(write):
    values = {"typed": "<b>&", "written": Markup("<i>&amp;</i>"), "number": 7, "nothing": None}
    for source, expected in (
        ("{{ typed }}", "&lt;b&gt;&amp;"),
        ("{{ written }}", "<i>&amp;</i>"),
        ("{{ number }}{{ nothing }}", "7None"),
        ("{{ named(typed, written) }}", "&lt;b&gt;&amp;-<i>&amp;</i>-None"),
        ("{% call around('x') %}{{ typed }}{% endcall %}", "<&lt;b&gt;&amp;>"),
        ("{% set kept %}{{ typed }}{% endset %}{{ kept }}", "&lt;b&gt;&amp;"),
        ("{{ (typed ~ written) }}", "&lt;b&gt;&amp;<i>&amp;</i>"),
    ):
        assert write(source, **values) == expected, source


def test_a_mail_is_not_escaped_not_even_by_its_macros(write):
    source = "{{ typed }} {{ named(typed) }}{% call around('x') %}{{ typed }}{% endcall %}"
    assert write(source, autoescape=False, typed="<b>") == "<b> <b>-two-None<<b>>"


class Pretends(str):
    """A text that is more than a text, and not markup."""


def test_what_is_almost_a_text_is_escaped_too(write):
    assert write("{{ typed }}", typed=Pretends("<b>")) == "&lt;b&gt;"
