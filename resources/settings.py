"""Every setting of Concord, read from the environment or `.env`, and whether together they reach an org.

A new setting is a field here and a line in the README. What the sandbox needs is told to it by whoever starts it; with
no org set, `uses_sandbox` is true and `at_org` makes the settings of the org that was started instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    FilePath,
    PositiveInt,
    PrivateAttr,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from resources.route import CaFile

LoginWay = Literal["client_credentials", "jwt", "access_token"]


class SettingsError(Exception):
    """The settings cannot be used. The text names settings, never their values."""


def _origin(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme != "https" or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise ValueError("must be an address such as https://example.my.salesforce.com, with https and without a path")
    return f"https://{parts.netloc}"


def _version(text: str) -> str:
    found = re.fullmatch(r"v?(\d{2,3})(\.0)?", text.strip())
    if not found or int(found[1]) < 58:
        raise ValueError("must be a version of the API from 58.0 on, such as 62.0")
    return f"{found[1]}.0"


def _pinged(url: SecretStr | None) -> SecretStr | None:
    if url and (urlsplit(url.get_secret_value()).scheme not in ("https", "http") or "?" in url.get_secret_value()):
        raise ValueError("must be an address such as https://hc-ping.com/…, to whose end /fail can be added")
    return url


Origin = Annotated[str, AfterValidator(_origin)]

# Each way to log in, and what it needs. The order is that of the README.
_NEEDS: dict[LoginWay, tuple[str, ...]] = {
    "client_credentials": ("salesforce_client_id", "salesforce_client_secret"),
    "jwt": ("salesforce_client_id", "salesforce_private_key_file", "salesforce_username"),
    "access_token": ("salesforce_access_token", "salesforce_instance_url"),
}
# A setting of which only one way makes use decides which way is meant.
_DECIDES: dict[str, LoginWay] = {
    "salesforce_client_secret": "client_credentials",
    "salesforce_private_key_file": "jwt",
    "salesforce_username": "jwt",
    "salesforce_access_token": "access_token",
}
_REACH = ("salesforce_instance_url", "salesforce_login_url", "salesforce_client_id", *_DECIDES)


@dataclass(frozen=True, slots=True)
class Beside:
    """A service beside the embedded sandbox."""

    url: str
    token: SecretStr


class Settings(BaseSettings):
    """What the environment says. A blank variable counts as not set."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    concord_home: Annotated[Path, AfterValidator(Path.expanduser)] = Path(".concord")
    concord_feeds: str = ""
    """Folder or URL of the feeds; `$CONCORD_HOME/feeds` when not set."""
    concord_ca_file: CaFile | None = None
    """The only certificates trusted for feeds behind a URL and for the watch-dog, when set."""

    concord_alerts: SecretStr | None = None
    """Where messages go: addresses as apprise knows them, blank-separated. Most hold a token or a password."""
    concord_heartbeat_url: Annotated[SecretStr | None, AfterValidator(_pinged)] = None
    """Asked after each run for an outside watch-dog; `{entity}` in it becomes the entity's name."""

    salesforce_instance_url: Origin | None = None
    salesforce_login_url: Origin | None = None
    salesforce_client_id: str | None = None
    salesforce_client_secret: SecretStr | None = None
    salesforce_private_key_file: FilePath | None = None
    salesforce_username: str | None = None
    salesforce_access_token: SecretStr | None = None
    salesforce_ca_file: CaFile | None = None
    """The only certificates trusted, when set; else those that `certifi` ships."""
    salesforce_api_version: Annotated[str, AfterValidator(_version)] = "62.0"
    salesforce_daily_calls: PositiveInt | None = None
    """How many API calls Concord allows itself in 24 hours, whatever the org would allow."""

    https_proxy: SecretStr | None = None
    no_proxy: str = Field(default="", repr=False)

    _beside: Mapping[str, Beside] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.concord_feeds:
            # frozen for everyone else: this is still the making of it
            object.__setattr__(self, "concord_feeds", str(self.concord_home / "feeds"))
        if not self.uses_sandbox:
            self._check_login()
        return self

    @property
    def uses_sandbox(self) -> bool:
        """True when nothing set says which org is meant or who we are there."""
        return not self._given(_REACH)

    @property
    def login_way(self) -> LoginWay:
        """How to log in to the org that is set."""
        ways = {_DECIDES[name] for name in self._given(tuple(_DECIDES))}
        return ways.pop() if len(ways) == 1 else "client_credentials"

    @property
    def login_url(self) -> str:
        """Where tokens are asked for: the login URL, else the instance's own, else Salesforce's public one."""
        return self.salesforce_login_url or self.salesforce_instance_url or "https://login.salesforce.com"

    @property
    def beside(self) -> Mapping[str, Beside]:
        """The services beside the sandbox, by name, where that is the org and serves."""
        return self._beside

    def with_beside(self, services: Mapping[str, Beside]) -> Settings:
        """These settings, with those services beside the org."""
        made = self.model_copy()
        made._beside = services  # noqa: SLF001 - of our own kind
        return made

    def at_org(self, instance_url: str, client_id: str, client_secret: str, ca_file: Path) -> Settings:
        """These settings aimed at another org, reached by client credentials; everything else is as it was."""
        org = {
            **dict.fromkeys(_REACH),
            "salesforce_instance_url": instance_url,
            "salesforce_client_id": client_id,
            "salesforce_client_secret": client_secret,
            "salesforce_ca_file": ca_file,
        }
        return read_settings(env_file=None, **{**dict(self), **org})

    def _given(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in names if getattr(self, name) is not None]

    def _check_login(self) -> None:
        given = self._given(_REACH)
        ways = {_DECIDES[name] for name in given if name in _DECIDES}
        if len(ways) > 1:
            raise SettingsError(
                f"{_spoken(self._given(tuple(_DECIDES)))} are set, but they belong to different ways to log in. "
                f"Keep one of: {_ways()}."
            )
        way = self.login_way
        missing = [name for name in _NEEDS[way] if name not in given]
        if ways and missing:
            raise SettingsError(f"{_spoken(given)} set, {_spoken(missing)} missing.")
        if missing:
            raise SettingsError(f"{_spoken(given)} set, but nothing to log in with. Needed is one of: {_ways()}.")
        if way == "client_credentials" and not self._given(("salesforce_instance_url", "salesforce_login_url")):
            # login.salesforce.com refuses client credentials: they are an org's own
            raise SettingsError(f"{_spoken(given)} set, SALESFORCE_INSTANCE_URL missing (the org's My Domain address).")


def read_settings(*, env_file: Path | str | None = ".env", **given: object) -> Settings:
    """The settings of the environment and the file, `given` ones first; raises SettingsError, naming each bad one."""
    try:
        return Settings(_env_file=env_file, **given)  # type: ignore[arg-type]
    except ValidationError as error:
        told = [f"{_upper(str(one['loc'][0]))}: {one['msg'].removeprefix('Value error, ')}" for one in error.errors()]
        raise SettingsError("; ".join(told)) from None


def _upper(name: str) -> str:
    return name.upper()


def _spoken(names: list[str]) -> str:
    return ", ".join(_upper(name) for name in names)


def _ways() -> str:
    return " · ".join(" + ".join(_upper(name) for name in names) for names in _NEEDS.values())
