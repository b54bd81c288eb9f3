"""Every setting, typed, read once from the environment (`YUNKAN_…`)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """What a bureau may set. The defaults run the demo on one machine."""

    model_config = SettingsConfigDict(env_prefix="YUNKAN_", extra="ignore")

    folder: Path = ROOT / "data"
    """Where the database, the evidence and the logs of one machine live."""

    database_url: str = ""
    """SQLAlchemy address; empty means SQLite under `folder`."""

    files_url: str = ""
    """Where originals are kept: file:// or s3://; empty means `folder`/evidence."""

    scripts_folder: Path = ROOT / "scripts"
    """Checklist scripts, one TOML file an item type, in folders by category."""

    maps_folder: Path = ROOT / "data" / "maps"
    """District outlines, one GeoJSON (WGS-84) a bureau code; none is no fault."""

    map_url: str = ""
    """The bureau's own road service: osrm+http://host:5000 or valhalla+http://host:8002; empty
    for straight lines and a detour."""

    public_url: str = "http://127.0.0.1:8000"
    """How phones reach us; written into join links."""

    media_url: str = "tcp://127.0.0.1:8010"
    """Control address of the media worker."""

    media_secret: SecretStr = SecretStr("")
    """Shared by the web process and the media worker; made by the demo."""

    secure_cookies: bool = False
    """True behind TLS: cookies get `Secure` and the `__Host-` prefix."""

    trusted_proxies: int = 0
    """How many proxies of the bureau stand before us; the caller's address is what they say."""

    redis_url: str = ""
    """Socket.IO message queue between several web processes; empty for one process."""

    notify_urls: list[str] = Field(default_factory=list)
    """Chat groups: the https:// address of a robot of WeCom, DingTalk (by keyword) or Feishu, or
    an apprise address for any other service."""

    mail_url: str = ""
    """apprise address of the mail server, for example mailtos://user:password@host?from=a@host."""

    sms_url: str = ""
    """HTTP gateway for SMS; empty means SMS are shown on the console."""

    join_link_hours_after: float = 2.0
    """A join link works until this many hours after the end of its slot."""

    sign_in_hours: float = 12.0
    """Hours until somebody signed in has to sign in again."""

    def where_database(self) -> str:
        return self.database_url or f"sqlite:///{self.folder / 'yunkan.db'}"

    def where_files(self) -> str:
        return self.files_url or (self.folder / "evidence").absolute().as_uri()
