"""Mutants of the module: for each function all that one small change can make of it.

Of a comparison, a boundary, a constant, an argument, a condition, a result. Patterns and tables
outside functions, docstrings and messages are left as they are.
"""

import ast
import copy
import functools
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import lankov_claims as lc

SOURCE = Path(lc.__file__)
OPERATORS = (
    "Lt LtE, LtE Lt, Gt GtE, GtE Gt, Lt GtE, GtE Lt, Gt LtE, LtE Gt, Eq NotEq, NotEq Eq, Is IsNot, "
    "IsNot Is, In NotIn, NotIn In, Add Sub, Sub Add, Mult FloorDiv, FloorDiv Mult, Div Mult, "
    "BitOr BitAnd, BitAnd BitOr, And Or, Or And, Break Continue, Continue Break"
).split(", ")
FALSE = ("False", "None", "''", "0")  # for any of which another can stand, but for its type


class Mutant(NamedTuple):
    """A function of the module, in one of its sections, with its tree and one with a change."""

    section: str
    function: Any
    tree: ast.FunctionDef
    changed: ast.FunctionDef
    line: int

    def names(self) -> list[str]:
        """What it can be asked for by."""
        name = self.function.__qualname__
        return [self.section, name, name.partition(".")[0]]

    def __str__(self) -> str:
        lines = (ast.unparse(tree).split("\n") for tree in (self.tree, self.changed))
        pair = next(both for both in zip(*lines, strict=False) if both[0] != both[1])
        differ = (at for at, (one, other) in enumerate(zip(*pair, strict=False)) if one != other)
        alike = max(0, next(differ, 0) - 40)  # of long lines a part is enough
        old, new = (line[alike:].strip()[:90] for line in pair)
        return f"{SOURCE.name}:{self.line}: {self.function.__qualname__}\n  - {old}\n  + {new}"


def changes(node: ast.AST) -> Iterator[tuple[int, Any]]:
    """A tree with each of the changes that can be made in it, and on which line."""
    line = getattr(node, "lineno", 0)
    for changed in changed_nodes(node):
        yield line, changed
    for field, value in ast.iter_fields(node):
        parts = value if isinstance(value, list) else [value]
        for at, part in enumerate(parts):
            if isinstance(part, ast.AST) and not is_left_alone(node, field, part):
                for its_line, changed in changes(part):
                    its = [*parts[:at], changed, *parts[at + 1 :]]
                    new = its if isinstance(value, list) else changed
                    yield its_line or line, with_field(node, field, new)


def is_left_alone(node: ast.AST, field: str, part: ast.AST) -> bool:
    """Whether a part of a node is a type, a docstring or a piece of a message, or ``strict``, which
    checks what no test can make untrue.
    """
    words = part.value if isinstance(part, ast.Expr) else part
    is_text = isinstance(words, ast.Constant) and isinstance(node, (ast.FunctionDef, ast.JoinedStr))
    is_strict = isinstance(node, ast.keyword) and node.arg == "strict"
    return is_text or is_strict or field in ("annotation", "returns", "decorator_list")


def with_field(node: ast.AST, field: str, value: Any) -> Any:
    """A node with another value of a field."""
    new = copy.copy(node)
    setattr(new, field, value)
    return new


def changed_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """What can stand in place of a node."""
    for pair in OPERATORS:
        old, new = pair.split()
        if type(node) is getattr(ast, old):
            yield getattr(ast, new)()
    if isinstance(node, ast.Constant):
        yield from changed_constants(node.value)
    elif isinstance(node, ast.Call):
        for at, keyword in enumerate(node.keywords):
            if keyword.arg == "strict":
                continue
            yield with_field(node, "keywords", node.keywords[:at] + node.keywords[at + 1 :])
        if len(node.args) > 1:
            yield with_field(node, "args", node.args[:-1])
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        if not isinstance(node.test, (ast.Compare, ast.UnaryOp)):  # which are changed themselves
            yield with_field(node, "test", ast.UnaryOp(ast.Not(), node.test))
    else:
        yield from changed_others(node)


def changed_constants(value: object) -> Iterator[ast.AST]:
    """Other values of a constant; none where two words of it make it a message."""
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        yield ast.Constant(value + 1)
    elif isinstance(value, str) and not re.search(r"\w\w \w", value):
        yield ast.Constant("" if value else "XX")


def changed_others(node: ast.AST) -> Iterator[ast.AST]:
    """What can stand in place of a node that is neither a constant nor a call nor a condition."""
    match node:
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.comprehension(ifs=[_, *_]):
            yield with_field(node, "ifs", [])
        case ast.Slice():
            for field in ("lower", "upper", "step"):
                if getattr(node, field):
                    yield with_field(node, field, None)
        case ast.Return(value=ast.AST() as value) if ast.unparse(value) not in FALSE:
            yield with_field(node, "value", ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.AugAssign(target=target, value=value):
            yield ast.copy_location(ast.Assign([target], value), node)


def find_mutants() -> Iterator[Mutant]:
    """All mutants of the functions and methods of the module, in order."""
    text = SOURCE.read_text(encoding="utf-8")
    heads = [(text.count("\n", 0, one.end()), one[1]) for one in re.finditer(r"# -{9,} (.*)", text)]
    for node in ast.parse(text).body:
        section = max([(0, "")] + [head for head in heads if head[0] < node.lineno])[1]
        owner = getattr(lc, node.name) if isinstance(node, ast.ClassDef) else lc
        for tree in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(tree, ast.FunctionDef):
                found = inspect.getattr_static(owner, tree.name)
                function: Any = inspect.unwrap(getattr(found, "fget", found))
                for line, changed in changes(tree):
                    yield Mutant(section, function, tree, changed, line)


def put_in_place(mutant: Mutant) -> None:
    """Let a function run a mutant's code, whoever calls it."""
    tree = ast.Module([with_field(mutant.changed, "decorator_list", [])], [])
    names = dict(vars(lc))
    exec(compile(ast.fix_missing_locations(tree), SOURCE, "exec"), names)
    for name in ("__code__", "__defaults__", "__kwdefaults__"):
        setattr(mutant.function, name, getattr(names[mutant.tree.name], name))
    empty_caches()


def empty_caches() -> None:
    """Let the module make anew what it keeps."""
    for one in vars(lc).values():
        if isinstance(one, functools._lru_cache_wrapper):
            one.cache_clear()
