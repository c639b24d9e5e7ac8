"""What can be wrong with the declaration of an entity that is written on both sides.

A new check is a line here and its text in `tests/pipelines/test_declarations_both.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.declaring.agreed_rules import Agreed
from pipelines.declaring.elsewhere import Records
from pipelines.declaring.rules import Reference
from pipelines.declaring.source import Outlook

if TYPE_CHECKING:
    from pipelines.declaring.both import BothWays
    from pipelines.declaring.entity import Entity


def mistakes_of_both(entity: Entity) -> list[str]:
    """Each in a sentence that says what would be right."""
    if entity.both is None:
        return [
            f"field {name!r} is Agreed, but one side alone is written: add both=BothWays(...), or declare it Master"
            for name, rule in entity.fields.items()
            if isinstance(rule, Agreed)
        ] + [
            f"match {match.name!r} is single, but rows of one side alone have no owner: leave single out"
            for match in entity.match
            if match.single
        ]
    found = [*_of_owner(entity, entity.both), *_of_parts(entity), *_of_relations(entity, entity.both)]
    found += _of_groups(entity, entity.both)
    found += [
        f"both.leave {leave.reason!r} says neither row nor record, and would leave nothing alone: name a condition of"
        " the row, or a checkbox of the record"
        for leave in entity.both.leave
        if leave.row is None and not leave.record
    ]
    source = entity.source
    if not isinstance(source, Outlook):
        return [
            *found,
            f"both needs a source that can be written back to, such as Outlook(...), and not {source.words}",
        ]
    return [*found, *_of_columns(entity, entity.both, source)]


def _of_owner(entity: Entity, both: BothWays) -> Iterator[str]:
    rule = entity.fields.get(both.owner)
    if not (isinstance(rule, Reference) and isinstance(rule.to, Records)):
        yield (
            f"both.owner names {both.owner!r}, which must be a field that refers to Records, such as"
            " Related('user', to=Records('User', 'FederationIdentifier'))"
        )


def _of_parts(entity: Entity) -> Iterator[str]:
    freeze = entity.freeze.mapped or entity.freeze.hierarchy
    parts = {
        "life": entity.life,
        "a SourceStatus": entity.status,
        "freeze": freeze,
        "twins": entity.twins,
        "wanted": entity.wanted,
        "beside": entity.beside,
    }
    for name, part in parts.items():
        if part:
            yield f"both and {name} do not go together: leave out by both.leave or both.related"


def _of_relations(entity: Entity, both: BothWays) -> Iterator[str]:
    for name in both.related:
        if name not in entity.references:
            known = ", ".join(sorted(entity.references)) or "there are none"
            yield f"both.related names {name!r}, which is not among its references ({known})"


def _of_groups(entity: Entity, both: BothWays) -> Iterator[str]:
    named = [name for group in both.together for name in group]
    for name in dict.fromkeys(named):
        if not isinstance(entity.fields.get(name), Agreed):
            yield f"both.together names {name!r}, which is not Agreed"
        elif named.count(name) > 1:
            yield f"both.together names {name!r} twice: a field belongs to one group"
    for group in both.together:
        rules = [rule for name in group if isinstance(rule := entity.fields.get(name), Agreed)]
        if len({(rule.wins, repr(rule.keeps)) for rule in rules}) > 1:
            yield f"both.together: {' and '.join(group)} need the same wins and keeps, as one side gives them all"


def _of_columns(entity: Entity, both: BothWays, source: Outlook) -> Iterator[str]:
    for column in entity.columns:
        if column not in source.columns:
            yield f"column {column!r} is not among those of {source.words} ({', '.join(source.columns)})"
    if not (both.may("source", "update") or both.may("source", "create")):
        return
    for name, rule in entity.fields.items():
        if isinstance(rule, Agreed) and rule.column in source.columns and rule.column not in source.writable:
            yield (
                f"{name} is Agreed with {rule.column!r}, which cannot be written in {source.words}: name one of"
                f" {', '.join(source.writable)}, or declare it Master"
            )
