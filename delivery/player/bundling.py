"""One script out of a module and all that it needs to run: on a slow laptop every file costs more than what is in it.

Each module keeps a scope of its own; what it exports is an object that those after it take names from. What is
loaded only when it is wanted (``import()``) stays outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_IMPORT = re.compile(r'^import (?:({[^}]*}) from )?"([./\w]+\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b(?!\().*$", re.MULTILINE)


def needed(folder: Path, scripts: Iterable[str]) -> tuple[str, ...]:
    """Modules that run with these, each after those that it imports.

    Parameters
    ----------
    folder : of all of them
    scripts : paths in it
    """
    found: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"{' → '.join((*above, name))}: modules that need each other cannot be one script"
        if name in found:
            return
        for _, address in _IMPORT.findall((folder / name).read_text()):
            visit(_resolved(name, address), (*above, name))
        found.append(name)

    for script in scripts:
        visit(script, ())
    return tuple(found)


def bundled(folder: Path, script: str) -> str:
    """A module with all that it imports, as one module that does the same.

    Parameters
    ----------
    folder : of all of them; ``import`` stands on one line, and what is exported is a function, a class or a constant
    script : path in it; what is left to load when it is wanted is found beside it
    """
    return "".join(_scoped(folder, name) for name in needed(folder, [script]))


def _scoped(folder: Path, name: str) -> str:
    """One module in a scope of its own."""
    text = (folder / name).read_text()
    names = ", ".join(_EXPORT.findall(text))
    text = _IMPORT.sub(
        lambda found: f"const {found[1]} = {_name(_resolved(name, found[2]))};" if found[1] else "", text
    )
    text = _EXPORT.sub("", text)
    left = _OTHER.findall(text)
    assert not left, f"{name}: {left}: this way of importing or exporting is not known here"
    return f"const {_name(name)} = await (async () => {{\n{text}\nreturn {{ {names} }};\n}})();\n"


def _resolved(name: str, address: str) -> str:
    """Path of what a module imports."""
    folder = name.split("/")[:-1]
    for part in address.split("/"):
        if part == "..":
            folder.pop()
        elif part != ".":
            folder.append(part)
    return "/".join(folder)


def _name(module: str) -> str:
    """What a module is called in the script."""
    return "$" + re.sub(r"\W", "_", module.removesuffix(".js"))
