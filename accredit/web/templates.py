"""The templates: Jinja's language, turned into code that asks less at each call.

In a page some hundred macros are called and a thousand values written. What Jinja's code asks at
each is always answered in the same way here: what wants the context is known when a template is
read, and what a macro wrote is markup.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.runtime import Macro
from jinja2.utils import missing
from markupsafe import Markup, escape


class _Macro(Macro):
    """A macro that looks at what it is given once, and raises no error inside for a default."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._no_caller = self._environment.undefined("No caller defined", name="caller")

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        """What the macro writes. Raises `TypeError` for what it does not take."""
        if len(args) > self._argument_count or self.catch_varargs or self.explicit_caller:
            return super().__call__(*args, **kwargs)
        take = kwargs.pop
        arguments = [*args, *[take(name, missing) for name in self.arguments[len(args) :]]]
        if self.caller:
            arguments.append(take("caller", self._no_caller))
        if self.catch_kwargs:
            arguments.append(kwargs)
        elif kwargs:
            raise TypeError(f"macro {self.name!r} takes no keyword argument {next(iter(kwargs))!r}")
        written = self._func(*arguments)
        # Its values were escaped as they were written.
        return Markup(written) if self._default_autoescape else written  # noqa: S704


class _Code(CodeGenerator):
    """Writes the Python of a template."""

    _call_begins = False

    def write(self, x: str) -> None:
        """As Jinja, without the comma that it writes before the first argument."""
        if self._call_begins:
            self._call_begins = False
            x = x.removeprefix(", ")
        super().write(x)

    def visit_Call(  # noqa: N802 - by Jinja
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        """Call it as it is, where Jinja would ask each time whether it wants the context."""
        if isinstance(node.node, nodes.Name) and _wants_context(
            self.environment.globals.get(node.node.name)
        ):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        self._call_begins = True
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self._call_begins = False
        self.write(")")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:  # noqa: ARG002 - by Jinja
        """A macro of ours; what the parts are says `Macro.__init__`."""
        node = macro_ref.node
        parts = (
            getattr(node, "name", None),
            tuple(argument.name for argument in node.args),
            macro_ref.accesses_kwargs,
            macro_ref.accesses_varargs,
            macro_ref.accesses_caller,
        )
        self.write(f"environment.macro(environment, macro, *{parts}, context.eval_ctx.autoescape)")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


def _wants_context(called: object) -> bool:
    return hasattr(called, "jinja_pass_arg")


def _escaped(value: object) -> Markup:
    """Markup as it is, and everything else as text that shows what it is."""
    return value if type(value) is Markup else escape(value)


class Templates(Environment):
    """The templates, of which none has global names of its own."""

    code_generator_class = _Code
    macro = _Macro
    escaped = staticmethod(_escaped)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The application's names, or with names of its own the view that Jinja makes.

        All can share the one mapping of the application. A view over two, as Jinja makes it for
        each, is walked through with every import in every page.
        """
        return super().make_globals(d) if d else self.globals
