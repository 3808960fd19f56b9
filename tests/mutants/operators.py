"""Mutants: small changes of a module's code, each of which some test should notice."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True)
class Mutant:
    """One change: the function (or, for a constant, the module's name) that it changes, and how."""

    path: str
    line: int
    scope: str
    before: str
    after: str
    nodes: tuple[ast.Module, ast.AST, ast.AST]

    @property
    def tree(self) -> ast.Module:
        """The whole module with the change."""
        return _replaced(*self.nodes)

    @property
    def name(self) -> str:
        """What identifies the mutant in `equivalent.txt`: no line number, because those move."""
        return f"{self.path} | {self.scope} | {self.before} -> {self.after}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a file, in the order of its lines."""
    tree = ast.parse(path.read_text("utf-8"))
    for scope, root in _scopes(tree):
        for node in _walk(root):
            for before, after in _changes(node):
                place = (path.as_posix(), before.lineno, scope)  # type: ignore[attr-defined]
                yield Mutant(*place, _text(before), _text(after), (tree, before, after))


def _scopes(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """The bodies of functions and methods with their qualified names, and the module's numeric constants."""
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            yield from ((statement.name, line) for line in statement.body)
        elif isinstance(statement, ast.ClassDef):
            for member in statement.body:
                if isinstance(member, ast.FunctionDef):
                    yield from ((f"{statement.name}.{member.name}", line) for line in member.body)
        elif (
            isinstance(statement, ast.Assign)
            and isinstance(statement.targets[0], ast.Name)
            and isinstance(statement.value, ast.Constant)
        ):
            yield f"={statement.targets[0].id}", statement.value


def _walk(root: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run: annotations of variables don't."""
    yield root
    for name, field in ast.iter_fields(root):
        if name != "annotation":
            for child in field if isinstance(field, list) else [field]:
                if isinstance(child, ast.AST):
                    yield from _walk(child)


def _changes(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    match node:
        case ast.Compare(ops=[only]) if type(only) in COMPARISONS:
            yield node, _with(node, ops=[COMPARISONS[type(only)]()])
        case ast.BoolOp():
            yield node, _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield node, node.operand
        case ast.BinOp() if type(node.op) in ARITHMETIC:
            yield node, _with(node, op=ARITHMETIC[type(node.op)]())
        case ast.Constant(value=bool()):
            yield node, _with(node, value=not node.value)
        case ast.Constant(value=int() | float()):
            yield node, _with(node, value=node.value + 1)
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break():
            if not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call):
                yield node, ast.Pass()
        case ast.Call():
            for keyword in node.keywords:
                if keyword.arg:
                    yield node, _with(node, keywords=[one for one in node.keywords if one is not keyword])
        case _:
            yield from _changes_of_tests(node)


def _changes_of_tests(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    match node:
        case ast.If() | ast.IfExp() | ast.While() if isinstance(
            node.test, ast.Name | ast.Call | ast.Attribute
        ):
            yield node.test, ast.UnaryOp(ast.Not(), node.test)
        case ast.comprehension():
            for test in node.ifs:
                yield test, ast.Constant(True)


def _with(node: ast.AST, **changed: object) -> ast.AST:
    made = copy.copy(node)
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split()) if not isinstance(node, ast.Pass) else "pass"


def _replaced(tree: ast.Module, before: ast.AST, after: ast.AST) -> ast.Module:
    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            if node is before:
                return ast.copy_location(after, before)
            return self.generic_visit(
                _with(node, **{name: _copied(value) for name, value in ast.iter_fields(node)})
            )

    return ast.fix_missing_locations(Replace().visit(tree))


def _copied(value: object) -> object:
    return list(value) if isinstance(value, list) else value
