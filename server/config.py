"""Every setting, typed, read once from the environment (`YUNKAN_…`)."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from inspection.media.engine import EngineName

ROOT = Path(__file__).resolve().parents[1]

#: One address of a relay (RFC 7065): a browser that is given any other opens no connection at all.
TURN_ADDRESS = re.compile(
    r"turns?:([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?(\?transport=(udp|tcp))?", re.ASCII | re.IGNORECASE
)


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
    """Control address of every media worker, separated by commas; one a core is right."""

    media_engine: EngineName = EngineName.PASSTHROUGH
    """What media workers of the demonstration carry calls by: passthrough, our own, or janus. A
    bureau says it to each supervisor (`--engine`)."""

    media_secret: SecretStr = SecretStr("")
    """Shared by the web process and the media worker; made by the demo."""

    metrics_token: SecretStr = SecretStr("")
    """Whoever asks for `GET /metrics` shows it (`Authorization: Bearer …`); empty: this machine
    alone may ask."""

    turn_url: str = ""
    """Relays for networks that let no UDP through, comma separated, for example
    turn:relay.bureau.cn:443?transport=tcp; empty for none. Nobody else's is ever asked."""

    turn_secret: SecretStr = Field(SecretStr(""), validate_default=True)
    """Shared by the web process and coturn (its `static-auth-secret`); goes with `turn_url`."""

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

    @field_validator("turn_url")
    @classmethod
    def _names_relays(cls, given: str) -> str:
        for address in _listed(given):
            if not TURN_ADDRESS.fullmatch(address):
                raise ValueError("a relay looks like turn:relay.bureau.cn:443?transport=tcp")
        return given

    @field_validator("turn_secret")
    @classmethod
    def _goes_with_relays(cls, given: SecretStr, others: ValidationInfo) -> SecretStr:
        if others.data.get("turn_url") and not given.get_secret_value():
            raise ValueError("YUNKAN_TURN_URL needs YUNKAN_TURN_SECRET, the relay's own")
        return given

    def turn_addresses(self) -> list[str]:
        """`turn_url`, one by one."""
        return _listed(self.turn_url)

    def where_database(self) -> str:
        return self.database_url or f"sqlite:///{self.folder / 'yunkan.db'}"

    def where_recordings(self) -> Path:
        """Where recorders write, on the machine of the media workers."""
        return self.folder / "recordings"

    def where_media(self) -> list[str]:
        return [one.strip() for one in self.media_url.split(",") if one.strip()]

    def where_files(self) -> str:
        return self.files_url or (self.folder / "evidence").absolute().as_uri()


def _listed(addresses: str) -> list[str]:
    return [address.strip() for address in addresses.split(",") if address.strip()]
