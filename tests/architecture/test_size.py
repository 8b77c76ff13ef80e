"""Two screens a function, 400 lines a file. An exception is named here, with its reason."""

from __future__ import annotations

import ast

from tests.architecture.house import ROOT, near, python_files, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 60

LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def test_no_file_is_longer_than_400_lines() -> None:
    files = (*python_files(), *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "bench").rglob("*.py")))
    long = {near(path): lines for path in files if (lines := len(path.read_text().splitlines())) > LONGEST_FILE}
    assert not {name: lines for name, lines in long.items() if name not in LONG_FILES}


def test_no_function_is_longer_than_60_lines() -> None:
    long = {}
    for path in python_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                name = f"{near(path)}:{node.name}"
                if lines > LONGEST_FUNCTION and name not in LONG_FUNCTIONS:
                    long[name] = lines
    assert not long


def test_no_exception_outlives_its_reason() -> None:
    names = {near(path) for path in python_files()}
    assert not [name for name in (*LONG_FILES, *LONG_FUNCTIONS) if name.split(":")[0] not in names]
