"""The project's own source, parsed once."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "portal"
SKIPPED = {
    ".git",
    ".venv",
    ".cache",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    "instance",
}


def files(folder: Path, pattern: str) -> list[Path]:
    """The files of the project below the folder, in order."""
    found = (path for path in folder.rglob(pattern) if path.is_file())
    return sorted(path for path in found if not SKIPPED & set(path.relative_to(ROOT).parts))


def name_of(path: Path) -> str:
    """`portal.clubs.views` for portal/clubs/views.py."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def modules() -> dict[str, ast.Module]:
    """Every module of the portal by its name; migrations are scripts of their own."""
    paths = [path for path in files(PORTAL, "*.py") if "migrations" not in path.parts]
    return {name_of(path): ast.parse(path.read_text()) for path in paths}


def shown(path: Path) -> str:
    """The path from the root, for messages."""
    return str(path.relative_to(ROOT))


def imports(name: str, lazy: bool = False) -> set[str]:
    """The modules that a module imports: those of its top, or with `lazy` those of its functions too."""
    tree = modules()[name]
    return {target for node in (ast.walk(tree) if lazy else _top(tree)) for target in _targets(node)}


def _top(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
            yield from _top(node)


def _targets(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            yield whole if whole in modules() else node.module


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, name) of every call: `commit` for x.commit(), `print` for print()."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.lineno, node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node.lineno, node.func.id
