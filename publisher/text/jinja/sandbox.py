"""The environment of templates: Jinja's immutable sandbox with a budget for work and memory.

Jinja's sandbox protects Python's internals but does not limit ``range(9**9)``, ``'a' * 9**9`` or nested
loops. So the syntax tree is rewritten before it is compiled. All code that loops, repeats, joins, builds or
compares goes through the budget. Nothing is computed while compiling.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, Template, nodes, pass_context
from jinja2.environment import Environment
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from publisher.text.jinja.filters import all_filters, all_tests, concat, printed
from publisher.text.jinja.work_budget import SOURCE, LimitExceeded, charge, check_size, each, weigh

BODY = "<body>"
"""What Jinja calls the template that is a document's body."""

RANGE = 10_000
"""Longest range."""

_STRING_METHODS = (
    "capitalize casefold count endswith find index isalnum isalpha isdigit islower isspace istitle isupper lower "
    "lstrip partition removeprefix removesuffix rfind rpartition rsplit rstrip split splitlines startswith strip "
    "swapcase title upper"
)
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset(_STRING_METHODS.split()),
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}),
    int: frozenset(),
    float: frozenset({"is_integer"}),
}
_EACH, _WEIGH, _CONCAT = "each()", "weigh()", "concat()"  # no template can spell these names


class _Metering(NodeTransformer):
    """Put calls of the budget into a template's syntax tree."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802
        """Charge each turn of a loop."""
        self.generic_visit(node)
        # also reached for loops over what is lazy: the turn is charged when it is taken
        node.iter = _filtered(node.iter, _EACH)
        return node

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Const:  # noqa: N802
        """Turn literal text into a value, which is charged each time that a loop writes it."""
        return nodes.Const(node.data, lineno=node.lineno)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802
        """Turn ``a ~ b`` into a call of the bounded concatenation."""
        self.generic_visit(node)
        return _filtered(node.nodes[0], _CONCAT, node.nodes[1:])

    def visit_Compare(self, node: nodes.Compare) -> nodes.Compare:  # noqa: N802
        """Charge a comparison by the size of its operands."""
        self.generic_visit(node)
        node.expr = _filtered(node.expr, _WEIGH)
        for operand in node.ops:
            operand.expr = _filtered(operand.expr, _WEIGH)
        return node

    def _built(self, node: Any) -> Any:
        self.generic_visit(node)
        return node if getattr(node, "ctx", "load") != "load" else _filtered(node, _WEIGH)

    visit_List = visit_Tuple = visit_Dict = _built  # noqa: N815

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Expr:  # noqa: N802
        """Charge a slice by its size, because it is a copy."""
        self.generic_visit(node)
        return _filtered(node, _WEIGH) if isinstance(node.arg, nodes.Slice) else node


def _filtered(node: nodes.Node, name: str, args: list[nodes.Expr] | None = None) -> nodes.Filter:
    return nodes.Filter(node, name, args or [], [], None, None, lineno=node.lineno)


def _range(*bounds: int) -> range:
    """Return a range. Raise `LimitExceeded` if it is longer than `RANGE`."""
    numbers = range(*bounds)
    if len(numbers) > RANGE:
        raise LimitExceeded(f"a range of {len(numbers):,} numbers; the limit is {RANGE:,}")
    return numbers


@pass_context
def _finalize(context: Context, value: object) -> str:  # noqa: ARG001 - Jinja folds functions without it
    """Return the text of an expression's value, and charge it."""
    return weigh(printed(value))


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox for the templates of one project; ``templates`` maps names to sources."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, templates: Mapping[str, str]) -> None:
        super().__init__(
            undefined=StrictUndefined,
            loader=FunctionLoader(lambda name: (templates[name], name, None) if name in templates else None),
            finalize=_finalize,
            # folding constants would compute 'a' * 10**9 while compiling, before any budget applies
            optimized=False,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.filters = {**all_filters(), _EACH: each, _WEIGH: weigh, _CONCAT: concat}
        self.tests = all_tests()
        # of Jinja's own, lipsum makes text without bound and cycler and joiner keep state
        self.globals = {"range": _range, "dict": dict, "namespace": self.globals["namespace"]}

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        return super()._generate(_Metering().visit(source), *args, **kwargs)

    def compile(self, source: Any, *args: Any, **kwargs: Any) -> Any:
        """Compile a template that isn't too long for that."""
        if len(source) > SOURCE:
            raise LimitExceeded(f"a template of {len(source):,} characters; the limit is {SOURCE:,}")
        return super().compile(source, *args, **kwargs)

    def _load_template(self, *args: Any, **kwargs: Any) -> Template:
        # every include, import and extends comes through here: loading a template is a step
        charge()
        return super()._load_template(*args, **kwargs)

    def wrap_str_format(self, value: Any) -> None:  # noqa: ARG002
        """Refuse ``str.format``: a width in its format makes a string of any length."""
        return

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow a few methods of plain values. Jinja's sandbox decides about everything else."""
        for kind, methods in _METHODS.items():
            if isinstance(obj, kind):
                return attr in methods
        return super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute an arithmetic operator. Refuse it if the result would be too large."""
        charge()
        match operator:
            # '%999999999d' % 1 is a text of that length
            case "%" if isinstance(left, str):
                raise SecurityError("% formats no text here; use ~ and the filters")
            case "*":
                for text, times in ((left, right), (right, left)):
                    if isinstance(text, str | list | tuple) and isinstance(times, int):
                        check_size(len(text) * max(times, 0))
            case "**" if not (isinstance(right, int | float) and abs(right) <= 64):
                raise LimitExceeded("an exponent over 64")
        return weigh(super().call_binop(context, operator, left, right))

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a function, and charge its arguments and its result."""
        charge()
        for argument in (getattr(obj, "__self__", None), *args, *kwargs.values()):
            weigh(argument)
        return weigh(super().call(context, obj, *args, **kwargs))


def write(template: Template, names: Mapping[str, object]) -> str:
    """Render a template; errors keep the traceback of its compiled code, which knows the line."""
    pieces: Iterable[str] = template.root_render_func(template.new_context(dict(names)))
    return "".join(pieces)


def compile_body(environment: Environment, source: str) -> Template:
    """Return a template that is compiled from a document's body."""
    code = environment.compile(source, None, BODY)
    return environment.template_class.from_code(environment, code, environment.make_globals(None))
