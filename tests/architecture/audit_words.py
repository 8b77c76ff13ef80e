"""Every action that any room can write into the audit, read from the code: constants, and what is passed or joined."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final

from seguripago.journey.reconciliation.rules.plans import ACTION_LABELS

from .house import SOURCE, imported, near, python_files, tree

READ_ELSEWHERE: Final[dict[str, Collection[str]]] = {
    "plan.name": ACTION_LABELS,
    "KIND + action_name(action)": {f"case.{name}" for name in ACTION_LABELS},
    "row.kind": (),
}
"""What no look at the code tells: the decisions of a case are named in the table of its rules; a proposal that is read
again was named when it was made.
"""
type Function = ast.FunctionDef | ast.AsyncFunctionDef


class NotReadable(Exception):
    """The code does not say which actions these are."""


AUDIT: Final = ("seguripago.foundations.audit.commands.record", "seguripago.foundations.audit.commands.Change")


def written(writers: Collection[str] = AUDIT, place: int = 2, name: str = "action") -> dict[str, str]:
    """Every action that is written, with the file that does: the third thing that a writer is told. Raises NotReadable.

    With other writers, whatever they are told at that place.
    """
    found: dict[str, str] = {}
    for writer in writers:
        for path, function, call in calls_by_name()[writer.rpartition(".")[2]]:
            if writer not in imports(path):
                continue
            if (said := argument(call, place, name)) is not None:
                found |= dict.fromkeys(values(said, function, path), near(path))
    return found


def values(said: ast.expr, function: Function | None, path: Path) -> set[str]:
    """What an expression may be, looked for in its function and in whoever calls that."""
    if (known := READ_ELSEWHERE.get(ast.unparse(said))) is not None:
        return set(known)
    match said:
        case ast.Constant(value=str(word)):
            return {word}
        case ast.IfExp(body=one, orelse=other):
            return values(one, function, path) | values(other, function, path)
        case ast.JoinedStr(values=parts):
            return {"".join(words) for words in product(*(values(part, function, path) for part in parts))}
        case ast.FormattedValue(value=inner):
            return values(inner, function, path)
        case ast.Subscript(value=ast.Dict(values=choices)):
            return set().union(*(values(choice, function, path) for choice in choices))
        case ast.Subscript(value=ast.Name(id=table)):
            choices = [each for each in given_to(table, tree(path), deep=False) if isinstance(each, ast.Dict)]
            return set().union(*(values(choice, function, path) for each in choices for choice in each.values))
        case ast.Call(func=ast.Name(id="str"), args=[inner]):
            return values(inner, function, path)
        case ast.Call(func=ast.Name(id=kind)):
            return members(returned_by(kind, path), path)
        case ast.Attribute(value=ast.Name(id=name), attr="value") if function is not None:
            return of_name(name, function, path)
        case ast.Name(id=name) if function is not None:
            return of_name(name, function, path)
    raise NotReadable(f"{path.relative_to(SOURCE)}:{said.lineno}: {ast.unparse(said)}")


def of_name(name: str, function: Function, path: Path) -> set[str]:
    """What a name may be: assigned here, or passed by every caller."""
    if kind := annotations(function).get(name):
        with suppress(NotReadable):
            return members(kind, path)
    if assigned := list(given_to(name, function)):
        return set().union(*(values(each, function, path) for each in assigned))
    plain = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    known = [*plain, *(each.arg for each in function.args.kwonlyargs)]
    if name not in known:
        return set().union(*(values(each, None, path) for each in given_to(name, tree(path), deep=False)))
    place = plain.index(name) if name in plain else None
    found: set[str] = set()
    for where, caller, call in callers(function, path):
        given = argument(call, place, name)
        if given is not None:
            found |= values(given, caller, where)
    if not found:
        raise NotReadable(f"{path.relative_to(SOURCE)}: nobody says {name} of {function.name}")
    return found


def given_to(name: str, place: ast.AST, *, deep: bool = True) -> Iterator[ast.expr]:
    """What a name is assigned within a function, or at the top of a module."""
    for node in ast.walk(place) if deep else ast.iter_child_nodes(place):
        match node:
            case ast.AnnAssign(target=ast.Name(id=to), value=ast.expr() as said) if to == name:
                yield said
            case ast.Assign(targets=[ast.Name(id=to)], value=said) if to == name:
                yield said
            case ast.Assign(targets=[ast.Tuple(elts=several)], value=ast.Tuple(elts=said)):
                yield from (each for to, each in zip(several, said, strict=True) if ast.unparse(to) == name)


def annotations(function: Function) -> dict[str, str]:
    """The plain types of a function's parameters."""
    known = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    return {each.arg: each.annotation.id for each in known if isinstance(each.annotation, ast.Name)}


def returned_by(name: str, path: Path) -> str:
    """The type that a call gives: the class itself, or what the function says that it returns."""
    for where in (path, *imports_of(name, path)):
        for node in ast.walk(tree(where)):
            if isinstance(node, ast.FunctionDef) and node.name == name and isinstance(node.returns, ast.Name):
                return node.returns.id
    return name


def imports_of(name: str, path: Path) -> Iterator[Path]:
    """The files in which a name may be made that a file imports: its module, or any of its package."""
    for full in imports(path):
        if full.endswith(f".{name}"):
            place = SOURCE.parent.joinpath(*full.split(".")[:-1])
            yield from sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


def callers(function: Function, path: Path) -> Iterator[tuple[Path, Function | None, ast.Call]]:
    """Every call of a function: in its own file, and where its name is imported from its module or its package."""
    module = ".".join(("seguripago", *path.relative_to(SOURCE).with_suffix("").parts))
    for where, caller, call in calls_by_name().get(function.name, ()):
        if where == path or any(
            full.endswith(f".{function.name}") and module.startswith(full.removesuffix(f".{function.name}"))
            for full in imports(where)
        ):
            yield where, caller, call


@cache
def calls_by_name() -> dict[str, list[tuple[Path, Function | None, ast.Call]]]:
    """Every call of the house, by the name of what is called."""
    found: dict[str, list[tuple[Path, Function | None, ast.Call]]] = defaultdict(list)
    for path in python_files("foundations", "journey", "web", "jobs", "config"):
        for function, call in calls(path):
            found[called(call)].append((path, function, call))
    return found


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Every name that a file imports, absolute."""
    return tuple(full for _, full in imported(path))


@cache
def calls(path: Path) -> tuple[tuple[Function | None, ast.Call], ...]:
    """The calls of a file, each with the function that it stands in."""
    found: list[tuple[Function | None, ast.Call]] = []

    def look(node: ast.AST, function: Function | None) -> None:
        for below in ast.iter_child_nodes(node):
            if isinstance(below, ast.Call):
                found.append((function, below))
            inside = below if isinstance(below, ast.FunctionDef | ast.AsyncFunctionDef) else function
            look(below, inside)

    look(tree(path), None)
    return tuple(found)


def called(call: ast.Call) -> str:
    """The name of what is called."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def argument(call: ast.Call, place: int | None, name: str) -> ast.expr | None:
    """An argument by its name or its place; None when it is not given."""
    named = next((each.value for each in call.keywords if each.arg == name), None)
    if named is not None or place is None or place >= len(call.args):
        return named
    return call.args[place]


def members(kind: str, path: Path) -> set[str]:
    """The words of the enumeration that a file means by this name. Raises NotReadable."""
    for where in (path, *imports_of(kind, path)):
        for node in ast.walk(tree(where)):
            if isinstance(node, ast.ClassDef) and node.name == kind and "StrEnum" in map(ast.unparse, node.bases):
                said = [each.value for each in node.body if isinstance(each, ast.Assign)]
                return {each.value for each in said if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    raise NotReadable(f"{path.relative_to(SOURCE)}: {kind}")
