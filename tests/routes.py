"""Every address of the product, with plausible ids in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule


def addresses(app: Flask, method: str, ids: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(endpoint, path) of every route that takes `method`.

    `ids` gives values by argument name; an integer that is not there is 1, one of several
    words the first, anything else "1.1".
    """
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method in (rule.methods or ()):
                built = rule.build(_values(rule, ids), append_unknown=False)
                assert built is not None, rule
                yield rule.endpoint, built[1]


def _values(rule: Rule, ids: Mapping[str, object]) -> dict[str, object]:
    return {name: _value(rule, name, ids.get(name)) for name in rule.arguments}


def _value(rule: Rule, name: str, given: object) -> object:
    converter = rule._converters[name]
    if isinstance(converter, IntegerConverter):
        return given if isinstance(given, int) else 1
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return "1.1" if given is None else given
