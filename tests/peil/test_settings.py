from __future__ import annotations

from pathlib import Path

import pytest

from peil.errors import SettingsError
from peil.settings import load_settings


def test_everything_has_a_default_that_runs_on_one_laptop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PEIL_DATA", "PEIL_DATABASE_URL", "PEIL_HOST", "PEIL_PORT"):
        monkeypatch.delenv(name, raising=False)
    settings = load_settings()
    assert (settings.host, settings.port, settings.is_postgresql) == ("127.0.0.1", 8000, False)
    assert settings.database_file.parent == settings.data


def test_a_folder_on_the_command_line_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PEIL_DATA", "/elsewhere")
    assert load_settings().data == Path("/elsewhere")
    assert load_settings(tmp_path).data == tmp_path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PEIL_PORT", "70000"),
        ("PEIL_PORT", "web"),
        ("PEIL_DATABASE_URL", "mysql://x/y"),
        ("PEIL_RESERVE_ITEMS", "-1"),
        ("PEIL_RESERVE_ITEMS", "101"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load_settings()
