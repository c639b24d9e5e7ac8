"""A declaration in a few lines of Markdown: what people read of an asset in the UI."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipelines.declaring.agreed_rules import Agreed
from pipelines.declaring.both import SIDES
from pipelines.declaring.derived_rules import Always, StampedWith, Whether
from pipelines.declaring.elsewhere import RecordTypes
from pipelines.declaring.rules import Constant, Reference

if TYPE_CHECKING:
    from pipelines.declaring.both import BothWays
    from pipelines.declaring.cadence import Cadence
    from pipelines.declaring.entity import AnyRule, Entity
    from pipelines.declaring.life import Life


MINUTE = timedelta(minutes=1)
CREATES = {
    "never": "Never creates a record.",
    "on_request": "Creates records only when a person asks for an import.",
    "scheduled": "Creates records.",
}


def described(entity: Entity) -> str:
    """Where its rows come from and go to, which get a record, how a record's life ends, and every field."""
    source = entity.source.words
    lines = [
        f"{source[0].upper()}{source[1:]} → `{entity.target.sobject}`, keyed by `{entity.target.key}`."
        f" {CREATES[entity.create]} Synced {_rhythm(entity.cadence)}.",
        *_wanted(entity),
        *(_life(entity, entity.life) if entity.life else ()),
        *(_both(entity, entity.both) if entity.both else ()),
        "",
        "| field | rule | from |",
        "|---|---|---|",
        *(f"| {name} | {rule.name.replace('_', ' ')} | {_origin(rule)} |" for name, rule in entity.fields.items()),
    ]
    return "\n".join(lines)


def _rhythm(cadence: Cadence) -> str:
    apart = f", at least {cadence.at_least / MINUTE:g} minutes apart" if cadence.at_least else ""
    others = [f", not while {other}" for other in cadence.not_while]
    return f"{cadence.words}{apart}{''.join(others)}"


def _wanted(entity: Entity) -> list[str]:
    wanted = entity.wanted
    if wanted is None:
        return []
    return ["", f"**Gets a record** if {wanted.condition.words}; else `skipped: {wanted.otherwise}`."]


def _life(entity: Entity, life: Life) -> list[str]:
    over = [life.ends_when.words]
    over += [f"what `{field}` refers to is over" for field in life.ends_with]
    over += [f"what `{field}` refers to is not there" for field in life.ends_without]
    over += [f"`{entity.source.merged_into}` names another row"] if life.merged_ends else []
    shows = [f"`{field}` = {value}" for field, value in life.then.items()]
    emptied = "; all other fields that can be are emptied" if life.clears else ""
    return [
        "",
        f"**Is over** when {', or '.join(over)}. Its record stays and shows {', '.join(shows)}{emptied}."
        " When it comes back, the same record goes on.",
    ]


FLOWS = {
    "both": "Changes flow both ways",
    "to_crm": "Changes flow to the CRM alone",
    "from_crm": "Changes flow from the CRM alone",
}


def _both(entity: Entity, both: BothWays) -> list[str]:
    prevented = [f"{verb}s in {SIDE_NAMES[side]}" for side in SIDES for verb in both.prevent.get(side, ())]
    never = f"; never {', '.join(prevented)}" if prevented else ""
    window = f", {both.window.past} days back and {both.window.ahead} ahead" if both.window else ""
    left = [leave.reason.replace("_", " ") for leave in both.leave]
    left += [f"without one of {', '.join(both.related)}"] if both.related else []
    alone = f" Left alone: {', '.join(left)}." if left else ""
    winners = {rule.wins for rule in entity.fields.values() if isinstance(rule, Agreed)}
    return [
        "",
        f"**{FLOWS[both.direction]}**{never}{window}.{alone} What changed on both sides counts as told by each field:"
        f" {', '.join(WINNERS[wins] for wins in WINNERS if wins in winners)}.",
    ]


WINNERS = {
    "crm": "the CRM's",
    "source": "the source's",
    "newest": "the later one's",
    "hold": "a person's decision",
}
SIDE_NAMES = {"crm": "the CRM", "source": "the source"}


def _origin(rule: AnyRule) -> str:
    match rule:
        case Whether():
            return f"{rule.then} if {rule.condition.words}, else {rule.otherwise}"
        case StampedWith():
            return f"the time at which {rule.field} is written"
        case Always() | Constant():
            return rule.value
        case Reference(to=RecordTypes(names=names)):
            return f"{rule.column}: {', '.join(f'{word} → {name}' for word, name in names.items())}"
        case Reference():
            first = ", the first that has a record" if rule.first else ""
            return f"{rule.column} → {rule.target}{first}"
        case Agreed():
            wins = "" if rule.wins == "crm" else f", {WINNERS[rule.wins]} counts"
            kept = " or ".join(condition.words for condition in rule.keeps.values())
            keeps = f", kept there if {kept}" if kept else ""
            return f"{rule.column}{wins}{keeps}"
        case _:
            return rule.source_column or ""
