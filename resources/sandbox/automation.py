"""Declared triggers, validation rules and record types at work on the rows of one chunk, in the platform's order.

First triggers, then (in `saving`) the checks of the platform itself, then validation rules, then `duplicates`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .checks import Candidates
from .coercion import coercion
from .declared import RecordType, Trigger
from .errors import RowError
from .row_tests import RowTest
from .write_session import Session

Columns = dict[str, list[object]]


def run_triggers(session: Session, candidates: Candidates, columns: Columns, *, created: bool) -> None:
    """The columns hold what the triggers made of them; rows they do not let through are refused."""
    definition = candidates.definition
    _default_record_type(session, candidates, columns, created=created)
    for trigger in session.declared.triggers:
        if trigger.sobject != definition.name or ("create" if created else "edit") not in trigger.on:
            continue
        hits = [p for p in _sound(candidates) if _all_hold(candidates, trigger.when, p)]
        match trigger.does:
            case "reject":
                error = RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", trigger.message, _at(trigger.field))
                for position in hits:
                    candidates.batch.refuse(candidates.rows[position], error)
            case "crash":
                for row in candidates.rows if hits else ():
                    candidates.batch.refuse(row, _crashed(trigger, created=created))
            case _:
                _set(session, candidates, columns, trigger, hits)


def validate(session: Session, candidates: Candidates) -> None:
    """Rows that a validation rule or their record type does not allow are refused."""
    name = candidates.definition.name
    for rule in session.declared.validation:
        if rule.sobject == name:
            error = RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, _at(rule.field))
            for position in _sound(candidates):
                if _all_hold(candidates, rule.when, position):
                    candidates.batch.refuse(candidates.rows[position], error)
    types = {t.id: t for t in session.declared.record_types if t.sobject == name}
    if types and "RecordTypeId" in candidates.columns:
        for position in _sound(candidates):
            _check_record_type(candidates, types, position)


def cell(candidates: Candidates, field: str, position: int) -> object:
    """What the record will hold in that field."""
    values = candidates.columns.get(field)
    return candidates.definition.fields[field].default if values is None else values[position]


def _check_record_type(candidates: Candidates, types: dict[str, RecordType], position: int) -> None:
    row, chosen = candidates.rows[position], candidates.columns["RecordTypeId"][position]
    if chosen is None:
        return
    known = types.get(str(chosen))
    if known is None or not known.active:
        message = f"Record Type ID: this ID value isn't valid for the user: {chosen}"
        candidates.batch.refuse(row, RowError("INVALID_CROSS_REFERENCE_KEY", message, ("RecordTypeId",)))
        return
    for name, allowed in known.picklists.items():
        value = cell(candidates, name, position)
        f = candidates.definition.fields[name]
        if value is not None and value not in allowed and f.restricted:
            message = f"{f.label}: bad value for restricted picklist field: {value}"
            candidates.batch.refuse(row, RowError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (name,)))


def _default_record_type(session: Session, candidates: Candidates, columns: Columns, *, created: bool) -> None:
    name = candidates.definition.name
    default = next((t.id for t in session.declared.record_types if t.sobject == name and t.default), None)
    if created and default is not None:
        given = columns.get("RecordTypeId") or [None] * len(candidates.rows)
        columns["RecordTypeId"] = [default if value is None else value for value in given]


def _sound(candidates: Candidates) -> list[int]:
    return [p for p, row in enumerate(candidates.rows) if row not in candidates.batch.errors]


def _all_hold(candidates: Candidates, tests: Sequence[RowTest], position: int) -> bool:
    for test in tests:
        before = candidates.before.get(test.field)
        old = None if before is None else before[position]
        if not test.holds(_as_written(candidates, test.field, position), old):
            return False
    return True


def _as_written(candidates: Candidates, field: str, position: int) -> object:
    """The value as a rule's author writes it: a checkbox is true or false."""
    value = cell(candidates, field, position)
    return bool(value) if candidates.definition.fields[field].type == "boolean" else value


def _set(session: Session, candidates: Candidates, columns: Columns, trigger: Trigger, hits: Sequence[int]) -> None:
    f = candidates.definition.fields[str(trigger.field)]
    values = columns.get(f.name) or [f.default] * len(candidates.rows)
    for position in hits:
        if trigger.does == "normalise_phone":
            values[position] = _phone(values[position], e164=trigger.value == "e164")
        else:
            stamp = session.now if trigger.value == "now" else trigger.value
            values[position] = None if stamp is None else coercion(f, text=False)(stamp)
    columns[f.name] = values


def _phone(value: object, *, e164: bool) -> object:
    """A North American number in one form; anything else as it is."""
    digits = re.sub(r"\D", "", str(value or ""))
    digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    if len(digits) != 10:
        return value
    return f"+1{digits}" if e164 else f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"


def _crashed(trigger: Trigger, *, created: bool) -> RowError:
    event = "BeforeInsert" if created else "BeforeUpdate"
    cause = "System.NullPointerException: Attempt to de-reference a null object"
    message = f"{trigger.name}: execution of {event}\n\ncaused by: {cause}\n\nTrigger.{trigger.name}: line 1, column 1"
    return RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)


def _at(field: str | None) -> tuple[str, ...]:
    return (field,) if field else ()
