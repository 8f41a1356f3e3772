"""A search pattern is made by us: nobody types one, nor a part of one."""

from __future__ import annotations

import ast

import pytest

from tests.rights.test_static import modules

_MAKING = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}


def test_every_pattern_is_written_in_the_program_itself():
    """Each is a constant, is put together of constants when its module is loaded, or seeks words.

    Words sought are taken letter by letter (`re.escape`): nothing in them is a pattern.
    """
    made, wrong = 0, []
    for module, tree in modules():
        inside = {
            id(node)
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for node in ast.walk(function)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and ast.unparse(node.func.value) == "re"
                and node.func.attr in _MAKING
            ):
                made += 1
                if id(node) in inside and not is_ours(node.args[0]):
                    wrong.append((module, node.lineno))
    assert made >= 30
    assert wrong == []


def is_ours(pattern: ast.expr) -> bool:
    """Whether an expression gives constants and escaped words only."""
    match pattern:
        case ast.Constant():
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name("re"), attr="escape")):
            return True
        case ast.JoinedStr(values=parts):
            return all(map(is_ours, parts))
        case ast.FormattedValue(value=inner):
            return is_ours(inner)
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(), attr="join"),
            args=[ast.GeneratorExp(elt=each)],
        ):
            return is_ours(each)
    return False


@pytest.mark.parametrize(
    ("source", "ours"),
    [
        ('"a+"', True),
        ("re.escape(word)", True),
        ('rf"(?<!x){re.escape(word)}(?!x)"', True),
        ('"-".join(re.escape(word) for word in words)', True),
        ("word", False),
        ('rf"(?<!x){word}(?!x)"', False),
        ('"-".join(word for word in words)', False),
        ('"-".join(words)', False),
    ],
)
def test_a_pattern_out_of_what_somebody_typed_is_found(source: str, ours: bool):
    assert is_ours(ast.parse(source, mode="eval").body) is ours
