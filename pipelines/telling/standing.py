"""How things stand, and what of that is news: one change of state, one message; never one a run.

A thing that is wrong is told once, told again when it has become twice as much, and told once more when it is over.
Each address is remembered until it took the news, so that one that was down hears of it later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pipelines.telling.signs import Kind, Sign

Tone = Literal["failure", "warning", "success", "info"]

KINDS: dict[Kind, tuple[str, str]] = {
    "run_failed": ("run failed", "runs get through again"),
    "run_held": ("run held, somebody must approve", "no longer held"),
    "check_failed": ("check failed", "check passes again"),
    "connection_broken": ("connection broken", "connection is back"),
    "quarantine_grown": ("quarantine has grown", "quarantine is empty"),
    "data_gap": ("data gap", "data gap is closed"),
}
"""What each kind is called, and its end."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one thing stands since when. `untold`: the numbers of the addresses that have not heard of it yet.

    `addresses` is how many there were: one that is added later hears of what is wrong then.
    """

    entity: str
    kind: Kind
    about: str
    wrong: bool
    since: str
    said: str = ""
    level: int = 0
    severe: bool = True
    untold: tuple[int, ...] = ()
    addresses: int = 0

    @property
    def thing(self) -> tuple[str, str, str]:
        return self.entity, self.kind, self.about


@dataclass(frozen=True, slots=True)
class Message:
    """What people get."""

    title: str
    body: str
    tone: Tone


def noted(known: Iterable[Standing], signs: Iterable[Sign], now: datetime, addresses: int) -> list[Standing]:
    """How things stand after these signs; what is news is untold to every address."""
    standing = {one.thing: one for one in known}
    everybody = tuple(range(1, addresses + 1))
    for sign in signs:
        thing = (sign.entity, sign.kind, sign.about)
        before = standing.get(thing)
        after = Standing(
            entity=sign.entity,
            kind=sign.kind,
            about=sign.about,
            wrong=sign.wrong,
            since=now.isoformat(timespec="seconds"),
            said=sign.said,
            level=sign.level,
            severe=sign.severe,
            addresses=addresses,
        )
        if before is None or before.wrong != sign.wrong:
            news = sign.wrong or before is not None
            lasted = "" if sign.wrong or before is None else f"it had lasted since {_read(before.since)}"
            said = "; ".join(filter(None, (sign.said, lasted)))
            standing[thing] = replace(after, said=said, untold=everybody if news else ())
        elif sign.wrong:
            standing[thing] = _still(before, after, everybody)
    return list(standing.values())


def _still(before: Standing, after: Standing, everybody: tuple[int, ...]) -> Standing:
    """Wrong before and now: news only where it has become twice as much as was told; told of less, less is twice."""
    if after.level >= 2 * before.level > 0:
        return replace(after, since=before.since, untold=everybody)
    untold = (*before.untold, *everybody[before.addresses :])
    return replace(after, since=before.since, level=min(before.level, after.level), untold=untold)


def message(group: list[Standing], place: str) -> Message:
    """One message about things of one entity and kind that all are wrong, or all are over."""
    first = group[0]
    begun, over = KINDS[first.kind]
    told = [": ".join(filter(None, (one.about, one.said))) for one in group]
    since = f"Since {_read(min(one.since for one in group))}, at {place}"
    lines = [*filter(None, told), since]
    if not first.wrong:
        return Message(f"Concord: {first.entity}: {over}", "\n".join(lines), "success")
    lines.append(f"Look: concord alerts, concord history {first.entity}")
    tone: Tone = "failure" if any(one.severe for one in group) else "warning"
    return Message(f"Concord: {first.entity}: {begun}", "\n".join(lines), tone)


def _read(moment: str) -> str:
    return moment.replace("T", " ").replace("+00:00", " UTC")


def groups(standing: Iterable[Standing]) -> list[list[Standing]]:
    """What is still to be told, put together as messages: by entity, kind, state, and who is to hear of it."""
    made: dict[tuple[object, ...], list[Standing]] = {}
    for one in standing:
        if one.untold:
            made.setdefault((one.entity, one.kind, one.wrong, one.untold), []).append(one)
    return list(made.values())
