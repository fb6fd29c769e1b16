"""Settings: environment variables that start with ``PEIL_``, and nothing else."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from peil.errors import SettingsError

DATABASE_FILE = "peil.sqlite"
SECRETS_FILE = "secrets.json"
CHECKPOINTS_FILE = "checkpoints.jsonl"
SCALES_FOLDER = "scales"
PLAYER_FOLDER = "player"


class Settings(BaseSettings):
    """How this installation runs.

    Attributes
    ----------
    data : folder for the SQLite database, the keys and the signed checkpoints (``PEIL_DATA``)
    database_url : ``postgresql://…`` as the owner of the tables; empty means SQLite in the data folder
    web_url, journal_url, archive_url : the same database as *peil_web*, *peil_journal* and *peil_archive*, for an
        installation where these sign in themselves; left out, the owner connects and takes the role
    host, port : where ``peil serve`` listens
    secure_cookies : cookies only over HTTPS; leave it on behind a proxy that speaks HTTPS
    offline_credit_minutes : most offline time that a pupil gets back by itself in one test
    reserve_items : questions that a laptop is sent ahead, so that its pupil can go on without a network; 0 sends none
    """

    model_config = SettingsConfigDict(env_prefix="PEIL_", frozen=True, extra="ignore")

    data: Path = Path("peil-data")
    database_url: str = ""
    web_url: str = ""
    journal_url: str = ""
    archive_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    secure_cookies: bool = False
    offline_credit_minutes: int = Field(default=15, ge=0, le=240)
    reserve_items: int = Field(default=14, ge=0, le=100)

    @field_validator("database_url", "web_url", "journal_url", "archive_url")
    @classmethod
    def _is_postgresql(cls, url: str) -> str:
        """Accept PostgreSQL addresses only: an SQLite file lives in the data folder."""
        if url and not url.startswith(("postgresql://", "postgres://")):
            raise ValueError("must start with postgresql://; leave it out for SQLite in the data folder")
        return url

    @property
    def is_postgresql(self) -> bool:
        """Whether the database is a server; otherwise it is a file in the data folder."""
        return bool(self.database_url)

    @property
    def database_file(self) -> Path:
        """Place of the SQLite database."""
        return self.data / DATABASE_FILE

    @property
    def secrets_file(self) -> Path:
        """Place of the keys, outside the database."""
        return self.data / SECRETS_FILE

    @property
    def scales_folder(self) -> Path:
        """Folder with the reporting scale of each test, as TOML."""
        return self.data / SCALES_FOLDER

    @property
    def player_folder(self) -> Path:
        """Folder with every version of the player that a page may still ask for."""
        return self.data / PLAYER_FOLDER

    @property
    def checkpoints_file(self) -> Path:
        """Place of the signed heads of the log, outside the database."""
        return self.data / CHECKPOINTS_FILE


def load_settings(data: Path | None = None) -> Settings:
    """Read the settings from the environment.

    Parameters
    ----------
    data
        Data folder from the command line; wins over ``PEIL_DATA``.

    Raises
    ------
    SettingsError
        If a value cannot be used; names the variable.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        faults = (f"PEIL_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())
        raise SettingsError(
            f"Settings cannot be used. {'; '.join(faults)}. Correct the environment variable."
        ) from None
    return settings if data is None else settings.model_copy(update={"data": data})
