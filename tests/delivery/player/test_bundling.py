"""Modules as one script: what each does stays as it is. That the player itself works so, every browser test shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from delivery.player.bundling import bundled, needed

SAME_NAME = "const same = 1;\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four modules, one of them loaded only when it is wanted."""
    (tmp_path / "deep").mkdir()
    low, high = 'import { low } from "./deep/low.js";\n', 'import { high, Thing } from "./high.js";\n'
    modules = {
        "first.js": f"{low}{high}{SAME_NAME}high();",
        "high.js": f'{low}{SAME_NAME}export const high = () => import("./late.js");\nexport class Thing {{}}\n',
        "deep/low.js": f'import "../side.js";\n{SAME_NAME}export async function low() {{}}\n',
        "side.js": "globalThis.side = 1;\n",
        "late.js": "export const late = 1;\n",
    }
    for name, text in modules.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_each_module_comes_once_and_after_those_that_it_needs(folder: Path) -> None:
    assert needed(folder, ["first.js"]) == ("side.js", "deep/low.js", "high.js", "first.js")
    assert needed(folder, ["late.js", "side.js", "high.js"]) == ("late.js", "side.js", "deep/low.js", "high.js")


def test_names_of_one_module_are_not_those_of_another(folder: Path) -> None:
    script = bundled(folder, "first.js")
    assert script.count(SAME_NAME) == 3
    assert script.count("await (async () => {") == 4
    assert "const { high, Thing } = $high;" in script
    assert "return { high, Thing };" in script
    assert "const { low } = $deep_low;" in script
    assert 'import("./late.js")' in script
    assert "late = 1" not in script


@pytest.mark.parametrize(
    "line",
    [
        'import * as all from "./side.js";',
        'import side from "./side.js";',
        'import {\n  a,\n} from "./side.js"; // why',
        "export default 1;",
        "export { same };",
        "export let changes = 1;",
        'export * from "./side.js";',
    ],
)
def test_what_it_does_not_know_it_says(folder: Path, line: str) -> None:
    (folder / "side.js").write_text(f"{line}\n")
    with pytest.raises(AssertionError, match=r"side\.js"):
        bundled(folder, "first.js")


def test_modules_that_need_each_other_are_named(folder: Path) -> None:
    (folder / "side.js").write_text('import { high } from "./high.js";\n')
    with pytest.raises(AssertionError, match=r"high.js → deep/low.js → side.js → high.js"):
        bundled(folder, "high.js")
