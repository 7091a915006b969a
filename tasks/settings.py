"""Where things are on this machine, from the environment; nothing of it is ever stored in Prefect or in a plan."""

import os
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import quote

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.text import N_
from tasks.words import say

PREFIX = "BAOGONG_"
ROOT = Path(__file__).resolve().parent.parent


class SettingsFault(ValueError):
    """A variable of the environment cannot be read; the words say which one."""


class Settings(BaseSettings):
    """`BAOGONG_*` variables. Every path defaults to a place below `BAOGONG_DATA`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, env_ignore_empty=True)

    data: Path = Field(default=ROOT / "data")
    plans: Path = Field(default=ROOT / "plans")
    database_url: str = ""
    public_url: str = "http://127.0.0.1:4280"
    auth: str = ""
    dry_run: bool = False
    settle_seconds: float = 2.0

    @cached_property
    def database(self) -> str:
        """SQLAlchemy address of our own database."""
        return self.database_url or f"sqlite:///{(self.data / 'baogong.db').resolve()}"

    @property
    def inbox(self) -> Path:
        """`<inbox>/<plan>/<kind>/<date>/<file>`."""
        return self.data / "inbox"

    @property
    def documents(self) -> Path:
        """Served read-only to those who hold a link."""
        return self.data / "documents"

    @property
    def notices(self) -> Path:
        """Where the dry-run channel writes."""
        return self.data / "notices"

    def link(self, path: str) -> str:
        """The address of a document for people; `path` is relative to the folder of documents (`<plan>/…`)."""
        return f"{self.public_url.rstrip('/')}/{quote(path)}"


#: The variables by which the settings are told.
VARIABLES = tuple(PREFIX + name.upper() for name in Settings.model_fields)


def settings() -> Settings:
    """The settings in force now: a demo and the tests change the environment, so it is looked at each time."""
    return _settings(tuple(os.environ.get(name) for name in VARIABLES))


@lru_cache(maxsize=8)
def _settings(_values: tuple[str | None, ...]) -> Settings:
    try:
        return Settings()
    except ValidationError as fault:
        names = "、".join(f"{PREFIX}{str(error['loc'][0]).upper()}" for error in fault.errors())
        raise SettingsFault(say(N_("The environment variable {names} cannot be read"), names=names)) from fault
