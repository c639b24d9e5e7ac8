"""Messages to people, by apprise: webhooks, e-mail, chats and a hundred others, each an address such as `json://…`.

The only module that knows apprise, which loads all its plug-ins when the first address is read: seconds, so it is
imported when something is sent. Addresses are secrets. They leave this module by their number and kind alone, and
apprise's own log, which has hosts and paths in it, is shut.
"""

from __future__ import annotations

import logging
import re
import warnings
from typing import TYPE_CHECKING

from pydantic import SecretStr

from pipelines.telling.standing import Message
from resources.route import without_key_log
from resources.unlogged import unlogged

if TYPE_CHECKING:
    import apprise

PATIENCE = 30.0
"""Seconds that one address may take."""


class Addresses:
    """Where messages go. Numbers count from 1, as the setting names them."""

    def __init__(self, setting: SecretStr | None) -> None:
        self._urls = setting.get_secret_value().split() if setting else []
        self._receivers: dict[int, apprise.Apprise] = {}

    def __len__(self) -> int:
        return len(self._urls)

    def called(self, number: int) -> str:
        """`address 2 (slack)`; the kind is told only where apprise knows it."""
        return (
            f"address {number} ({self._receiver(number)[0].service_name})"
            if self.known(number)
            else self._unknown(number)
        )

    def known(self, number: int) -> bool:
        """Whether apprise can make anything of it."""
        return len(self._receiver(number)) == 1

    def send(self, number: int, message: Message) -> str | None:
        """Sends it to one address; what went wrong, if anything, without the address in it."""
        if not self.known(number):
            return self._unknown(number)
        from apprise import NotifyFormat, NotifyType

        without_key_log()
        with unlogged("urllib3.connectionpool"):
            answer = self._receiver(number).notify(
                title=message.title,
                body=message.body,
                notify_type=NotifyType(message.tone),
                body_format=NotifyFormat.TEXT,
            )
        if answer:
            return None
        statuses = re.findall(r"error=(\d{3})\b", " ".join(str(entry.message) for entry in answer.logs()))
        why = f"it answered {statuses[-1]}" if statuses else "it cannot be reached, or did not answer"
        return f"{self.called(number)} did not take a message: {why}"

    def _unknown(self, number: int) -> str:
        return f"address {number} is none that apprise knows"

    def _receiver(self, number: int) -> apprise.Apprise:
        if number not in self._receivers:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # those of a hundred plug-ins are their own
                self._receivers[number] = _made(self._urls[number - 1])
        return self._receivers[number]


def _made(url: str) -> apprise.Apprise:
    """Apprise with this one address, or with none if it can make nothing of it."""
    import apprise

    logging.getLogger("apprise").propagate = False
    asset = apprise.AppriseAsset(
        app_id="Concord",
        app_desc="Concord",
        app_url="",
        image_url_logo=None,
        image_url_mask=None,
        async_mode=False,
        storage_mode="memory",
        service_timeout=PATIENCE,
    )
    receiver = apprise.Apprise(asset=asset)
    if one := apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True):
        receiver.add(one)
    return receiver
