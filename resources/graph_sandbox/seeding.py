"""Invented items in any number, the same for the same seed, so that demos and tests have something to read."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from .answer import Row

_DOINGS = ("Call", "Write to", "Visit", "Prepare the offer for", "Follow up with", "Send papers to", "Thank")
_NAMES = ("Ada", "Bela", "Carl", "Dora", "Emil", "Frida", "Gerd", "Hanna", "Ivo", "Jana", "Kurt", "Lena")
_FAMILIES = ("Albers", "Brandt", "Conrad", "Dietz", "Ebert", "Falk", "Graf", "Hahn", "Ising", "Jung", "Kern", "Lang")
_PLACES = ("Northside Hospital", "Lakeview School", "City Library", "Harbour Clinic", "Old Mill College")
_STATUSES = ("notStarted", "notStarted", "notStarted", "inProgress", "completed", "waitingOnOthers", "deferred")


def tasks(count: int, seed: int, today: date, zone: str) -> Iterator[Row]:
    """Tasks due around today, some of them done, some with HTML, one in seven without a day."""
    dice = random.Random(f"tasks:{seed}")  # noqa: S311 - repeatable
    for number in range(count):
        row: Row = {
            "title": f"{dice.choice(_DOINGS)} {_person(dice)} ({number})",
            "status": dice.choice(_STATUSES),
            "importance": dice.choice(("low", "normal", "normal", "high")),
            "body": {"contentType": "text", "content": f"At {dice.choice(_PLACES)}."},
        }
        if dice.random() < 0.1:
            row["body"] = {"contentType": "html", "content": f"<p>At <b>{dice.choice(_PLACES)}</b>.</p>"}
        if number % 7:
            row["dueDateTime"] = _at(today + timedelta(days=dice.randrange(-40, 380)), zone)
        yield row


def events(count: int, seed: int, today: date, zone: str) -> Iterator[Row]:
    """Hours of the days around today, one in twenty of them a whole day."""
    dice = random.Random(f"events:{seed}")  # noqa: S311 - repeatable
    for number in range(count):
        day = today + timedelta(days=dice.randrange(-40, 380))
        row: Row = {"subject": f"{dice.choice(_PLACES)} ({number})", "isAllDay": number % 20 == 19}
        if row["isAllDay"]:
            yield {**row, "start": _at(day, zone), "end": _at(day + timedelta(days=1), zone)}
            continue
        hour = dice.randrange(8, 17)
        who = {"emailAddress": {"name": _person(dice), "address": f"guest{number}@example.com"}, "type": "required"}
        yield {**row, "start": _at(day, zone, hour), "end": _at(day, zone, hour + 1), "attendees": [who]}


def contacts(count: int, seed: int) -> Iterator[Row]:
    """People with one address and one number each."""
    dice = random.Random(f"contacts:{seed}")  # noqa: S311 - repeatable
    for number in range(count):
        given, _, last = _person(dice).partition(" ")
        yield {
            "givenName": given,
            "surname": last,
            "companyName": dice.choice(_PLACES),
            "emailAddresses": [{"address": f"{given}.{last}.{number}@example.com".lower()}],
            "businessPhones": [f"+49 30 {number:06d}"],
        }


def _person(dice: random.Random) -> str:
    return f"{dice.choice(_NAMES)} {dice.choice(_FAMILIES)}"


def _at(day: date, zone: str, hour: int = 0) -> dict[str, Any]:
    return {"dateTime": f"{day.isoformat()}T{hour:02d}:00:00", "timeZone": zone}
