"""What a declaration needs of the org, and what this user lacks of it: everything at once, before anything is read.

A rule that gives record types says so (see `rules.Rule`). What a declaration
cannot work with for other reasons, a wrong type or a missing picklist value, is told by `binding.misfits`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipelines.declaring.entity import Entity
from pipelines.ports.objects import ObjectInfo
from pipelines.reading.binding import Misfit, misfits

NO_OBJECT = ("the org has no such object, or this user may not read it", "create it or grant Read")
NO_FIELD = ("the org has no such field, or this user may not see it", "create it or grant Read")
NO_RECORD_TYPE = ("the object has no such record type", "create it")
CLOSED_RECORD_TYPE = ("this user may not use the record type", "make it active and assign it to the user")


@dataclass(frozen=True, slots=True)
class Needs:
    """What is needed of one object. Read is needed of every object and field that is named."""

    sobject: str
    creates: bool = False
    edits: bool = False
    deletes: bool = False
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    """Fields that are read and never written."""
    record_types: tuple[str, ...] = ()
    """Developer names of those that records are given."""


def needs_of(entity: Entity) -> tuple[Needs, ...]:
    """The objects that a run of this entity touches, the target first."""
    rules = entity.fields.values()
    written = (entity.target.key, *entity.fields)
    obeyed = (entity.freeze.mapped, entity.freeze.hierarchy, *(entity.both.flags if entity.both else ()))
    flags = (flag for flag in obeyed if flag)
    target = Needs(
        sobject=entity.target.sobject,
        creates=entity.create != "never",
        edits=True,
        deletes=entity.deletes,
        writes=written,
        reads=tuple(flag for flag in dict.fromkeys(flags) if flag not in written),
        record_types=tuple(dict.fromkeys(name for rule in rules for name in rule.record_types)),
    )
    looked_up: dict[str, list[str]] = {}
    for records in entity.looked_up:
        looked_up.setdefault(records.sobject, []).append(records.key)
    others = (Needs(sobject, reads=tuple(dict.fromkeys(fields))) for sobject, fields in looked_up.items())
    return (target, *others)


def objects_of(entities: Iterable[Entity]) -> tuple[str, ...]:
    """Every object that the entities need, each once."""
    return tuple(dict.fromkeys(needs.sobject for entity in entities for needs in needs_of(entity)))


def lacks(entity: Entity, told: Mapping[str, ObjectInfo]) -> list[Misfit]:
    """Everything that keeps the declaration from working; `told` has the objects that this user may see, by name."""
    found: list[Misfit] = []
    for needs in needs_of(entity):
        info = told.get(needs.sobject)
        if info is None:
            found.append(Misfit(entity.name, needs.sobject, *NO_OBJECT))
            continue
        if needs.sobject == entity.target.sobject and needs.edits:
            found += misfits(entity, info)
        else:
            absent = (name for name in needs.reads if name not in info.fields)
            found += [Misfit(entity.name, f"{info.name}.{name}", *NO_FIELD) for name in absent]
        found += _record_types(entity, needs, info)
    return found


def _record_types(entity: Entity, needs: Needs, info: ObjectInfo) -> Iterator[Misfit]:
    for name in needs.record_types:
        known = info.record_types.get(name)
        if known is None or not known.available:
            yield Misfit(entity.name, f"{info.name}.{name}", *(CLOSED_RECORD_TYPE if known else NO_RECORD_TYPE))
