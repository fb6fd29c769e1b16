"""The rules of docs/style.md and docs/architecture.md that a machine can check (import directions: `make check`)."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "itembank", "delivery", "scoring", "reports", "peil", "loadtest")
LONGEST_FILE, MEDIAN_FILE = 400, 150
LONGEST_FUNCTION, USUAL_FUNCTION, USUAL_SHARE = 60, 30, 0.9
CODE_SUFFIXES = {".py", ".js", ".css", ".html", ".j2", ".typ"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that git tracks, or, outside a clone, every file of the packages."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())
    return tuple(path for package in (*PACKAGES, "tests", "docs") for path in (ROOT / package).rglob("*.*"))


def sources(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    """Parsed Python modules of the packages."""
    for path in tracked_files():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in packages:
            yield path, ast.parse(path.read_text())


def body_lines(function: Function) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body and body[-1].end_lineno else 0


def name_of(path: Path, node: ast.stmt | ast.expr | None = None) -> str:
    """Return a place a reader can jump to."""
    return f"{path.relative_to(ROOT)}" + (f":{node.lineno}" if node is not None else "")


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in tracked_files() if path.suffix in CODE_SUFFIXES}
    too_long = {name_of(path): n for path, n in lengths.items() if n > LONGEST_FILE}
    assert not too_long
    modules = [n for path, n in lengths.items() if path.suffix == ".py" and path.name != "__init__.py"]
    assert statistics.median(modules) < MEDIAN_FILE


def test_functions_are_short() -> None:
    lengths = {
        f"{name_of(path, node)} {node.name}": body_lines(node)
        for path, tree in sources(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, Function)
    }
    assert not {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION}
    short = sum(n < USUAL_FUNCTION for n in lengths.values()) / len(lengths)
    assert short >= USUAL_SHARE


def test_the_word_test_is_left_to_pytest_and_versions_to_git() -> None:
    wrong = [
        f"{name_of(path, node)} {node.name}"
        for path, tree in sources(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | Function)
        and (node.name.startswith(("Test", "test_")) or re.search(r"(?i)(_v\d+$|^new_|^old_|_old$|_new$)", node.name))
    ]
    assert not wrong


def test_services_never_commit() -> None:
    """The transaction belongs to the request, the command or the journal's writer."""
    writers = {"delivery/journal", "delivery/api", "peil", "loadtest"}
    wrong = [
        name_of(path, node)
        for path, tree in sources("itembank", "delivery", "scoring", "reports")
        if not any(path.relative_to(ROOT).as_posix().startswith(writer) for writer in writers)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"commit", "rollback"}
    ]
    assert not wrong


def test_a_table_says_who_owns_it() -> None:
    wrong = []
    for path, tree in sources(*PACKAGES):
        owner = path.relative_to(ROOT).parts[0]
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(target, ast.Name) and target.id == "__tablename__" for target in targets):
                    assert isinstance(node.value, ast.Constant)
                    if not repr(node.value.value).strip("'").startswith(f"{owner}_"):
                        wrong.append(f"{name_of(path, node)} {node.value.value!r}")
    assert not wrong


@pytest.mark.parametrize("package", [name for name in PACKAGES if name not in {"peil", "loadtest"}])
def test_each_package_has_one_base_error(package: str) -> None:
    tree = ast.parse((ROOT / package / "errors.py").read_text())
    roots = [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == "Exception" for b in node.bases)
    ]
    assert len(roots) == 1


def test_every_exception_to_a_rule_gives_its_reason() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked_files()
        if path.suffix == ".py"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"# (noqa|type: ignore)(: ?[A-Z0-9, ]+|\[[a-z, -]+\])?\s*$", line)
    ]
    assert not bare


def test_the_engine_does_no_input_or_output_and_knows_no_clock() -> None:
    forbidden = {"os", "pathlib", "time", "datetime", "io", "sqlite3", "random", "json", "logging"}
    wrong = []
    for path, tree in sources("engine"):
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [f"{name_of(path)} {name}" for name in names if name.split(".")[0] in forbidden]
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"open", "print"}:
                wrong.append(f"{name_of(path, node)} {node.func.id}")
    assert not wrong


@pytest.mark.parametrize("lock", ["requirements.lock", "peers.lock"])
def test_a_lock_file_has_exact_versions_with_hashes_and_no_addresses(lock: str) -> None:
    lines = (ROOT / lock).read_text()
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links| @ ", lines)
    entries = re.split(r"\n(?=\S)", lines.strip())
    assert entries
    assert all(re.match(r"[A-Za-z0-9_.\-\[\]]+==\S+", entry) and "--hash=sha256:" in entry for entry in entries)


def test_the_lock_of_the_players_of_others_has_exact_versions_with_hashes_and_no_addresses() -> None:
    text = (ROOT / "tests" / "peers" / "package-lock.json").read_text()
    assert "resolved" not in text
    assert not re.search(r"https?:|file:|git\+", text)
    packages = json.loads(text)["packages"]
    own = packages.pop("")["dependencies"]
    assert all(re.fullmatch(r"[0-9.]+", version) for version in own.values())
    assert {f"node_modules/{name}" for name in own} <= set(packages)
    assert all(one["integrity"].startswith("sha512-") and one["version"] for one in packages.values())


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = _locked("requirements.lock")
    names = {re.split(r"[<>=\[; ]", requirement)[0].lower() for requirement in wanted}
    assert not names - locked


def test_every_peer_is_locked_and_the_peers_lock_holds_nothing_that_the_product_has() -> None:
    peers = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["peers"]
    names = {re.split(r"[<>=\[; ]", requirement)[0].lower() for requirement in peers}
    assert not names - _locked("peers.lock")
    assert not _locked("peers.lock") & _locked("requirements.lock")


def _locked(lock: str) -> set[str]:
    """Names of the packages in a lock file."""
    return {re.split(r"[=\[ ]", line)[0].lower() for line in (ROOT / lock).read_text().splitlines()} - {""}


def test_the_demo_is_data_and_product_code_never_imports_it() -> None:
    composition = {"peil/cli.py", "peil/commands/demo.py"}
    wrong = [
        name_of(path, node)
        for path, tree in sources(*PACKAGES)
        if "demo" not in path.relative_to(ROOT).as_posix() and path.relative_to(ROOT).as_posix() not in composition
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and re.match(r"(itembank|peil)\.demo\b", node.module or "")
    ]
    assert not wrong


def test_the_command_line_starts_quickly_because_it_imports_late() -> None:
    """`peil --help` must not pay for SciPy, Polars or FastAPI."""
    heavy = ("scipy", "polars", "fastapi", "typst", "girth")
    probe = f"import sys, peil.cli; print(' '.join(m for m in {heavy!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""


def test_a_server_loads_no_optimiser() -> None:
    """Twenty megabytes, of the 200 that a school's server may take, for what calibrates banks and solves plans."""
    asked = "import sys, peil.server, peil.web; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"delivery.app", "engine.adaptive"} <= set(loaded.split())
    assert not {"scipy.optimize", "scipy.interpolate", "scipy.integrate", "scipy.stats"} & set(loaded.split())
