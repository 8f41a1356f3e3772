"""A search pattern is made by us: nobody types one, nor a part of one."""

from __future__ import annotations

import ast

from tests.rights.test_static import modules

_MAKING = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}


def test_every_pattern_is_written_in_the_program_itself():
    """Each is a constant, or is put together of constants when its module is loaded."""
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
                if id(node) in inside and not isinstance(node.args[0], ast.Constant):
                    wrong.append((module, node.lineno))
    assert made >= 30
    assert wrong == []
