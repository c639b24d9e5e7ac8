"""What can be wrong with a declaration by itself; whether it fits an org is asked in `binding` and `needs`.

A new check is a line here and its text in `tests/pipelines/test_entity.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.declaring.cadence import SyncOf
from pipelines.declaring.conditions import Has, Resolves
from pipelines.declaring.derived_rules import EndedAt, StampedWith
from pipelines.declaring.mistakes_both import mistakes_of_both
from pipelines.declaring.rules import SourceStatus

if TYPE_CHECKING:
    from pipelines.declaring.entity import Entity


def mistakes(entity: Entity) -> list[str]:
    """What is wrong with the declaration, each in a sentence that says what would be right."""
    found = []
    if not entity.name.isidentifier() or not entity.name.islower():
        found.append(f"name {entity.name!r} must be a lower-case identifier such as 'accounts'")
    if entity.target.key in entity.fields:
        found.append(f"field {entity.target.key!r} is the target's key, written by itself: leave it out of fields")
    found += [
        f"column {column!r} is what Concord calls the place of a row: give the feed's another name"
        for column in entity.columns
        if column in ("_file", "_line")
    ]
    found += entity.cadence.mistakes()
    if SyncOf(entity.name) in entity.cadence.not_while:
        found.append(f"cadence not_while names {entity.name!r} itself: two syncs of one entity never overlap anyway")
    found += _mistakes_of_life(entity)
    found += mistakes_of_both(entity)
    if len([rule for rule in entity.fields.values() if isinstance(rule, SourceStatus)]) > 1:
        found.append("more than one SourceStatus: an entity has one status")
    twins = (entity.twins.name, *entity.twins.places) if entity.twins else ()
    if entity.twins and not entity.twins.places:
        found.append("twins has no places: name fields such as BillingCity that twins share")
    named = (
        (entity.private, "private"),
        (tuple(field for match in entity.match for field in match.fields), "match"),
        (twins, "twins"),
    )
    for words, what in named:
        found += [
            f"{what} names {word!r}, which is not among its fields ({', '.join(entity.fields)})"
            for word in words
            if word not in entity.fields
        ]
    for match in entity.match:
        found += [
            f"match on {field!r} needs a rule that reads a column, not {type(entity.fields[field]).__name__}"
            for field in match.fields
            if field in entity.fields and entity.fields[field].source_column is None
        ]
    return found


def _mistakes_of_life(entity: Entity) -> list[str]:
    found = []
    references = {name for name, rule in entity.references.items() if isinstance(rule.to, str)}
    then = tuple(entity.life.then) if entity.life else ()
    ends_with = entity.life.ends_with if entity.life else ()
    ends_without = entity.life.ends_without if entity.life else ()
    stamped = tuple(rule.field for rule in entity.fields.values() if isinstance(rule, StampedWith))
    collections = tuple(rest.name for rest in entity.beside)
    asked = [part for condition in entity.conditions for part in condition.parts]
    beside = tuple(part.beside for part in asked if isinstance(part, Has))
    resolves = tuple(part.field for part in asked if isinstance(part, Resolves))
    named = (
        (then, "life.then", tuple(entity.fields), "its fields"),
        (ends_with, "life.ends_with", tuple(references), "its references to entities"),
        (ends_without, "life.ends_without", tuple(entity.references), "its references"),
        (stamped, "StampedWith", tuple(entity.fields), "its fields"),
        (beside, "Has", collections, "what it reads beside"),
        (resolves, "Resolves", tuple(entity.references), "its references"),
    )
    for words, what, known, called in named:
        found += [
            f"{what} names {word!r}, which is not among {called} ({', '.join(sorted(known)) or 'there are none'})"
            for word in words
            if word not in known
        ]
    if entity.life is None:
        found += [
            f"{name} is EndedAt, and no life says when a row is over: add life=Life(...)"
            for name, rule in entity.fields.items()
            if isinstance(rule, EndedAt)
        ]
    if entity.life and entity.life.merged_ends and not entity.source.merged_into:
        found.append("life.merged_ends needs a source that says merged_into")
    found += [
        f"{name} takes the first of a list, which the entity's own records cannot be: refer to another entity"
        for name, rule in entity.references.items()
        if rule.first and rule.to == entity.name
    ]
    return found
