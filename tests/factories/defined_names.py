"""Names that a module defines, read and not imported: documents are held to them."""

import ast
from functools import cache
from pathlib import Path


@cache
def names_defined_in(path: Path) -> frozenset[str]:
    """Functions, classes and constants of a module's own top level."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {t.id for t in targets if isinstance(t, ast.Name)}
    return frozenset(found)
