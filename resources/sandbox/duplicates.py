"""Duplicate rules at work: rows that match a living record are refused with DUPLICATES_DETECTED and what they match.

A rule that alerts lets a row through if the call says so in its Sforce-Duplicate-Rule-Header; one that blocks never.
Rows of one chunk are not compared with each other.
"""

from __future__ import annotations

from .automation import cell
from .checks import Candidates
from .circumstances import circumstances
from .declared import DuplicateRule
from .errors import RowError
from .store import quote
from .write_session import Session

MOST_MATCHES = 5


def detect(session: Session, candidates: Candidates, *, created: bool) -> None:
    """Rows that a duplicate rule does not let through are refused."""
    for rule in session.declared.duplicates:
        if rule.sobject != candidates.definition.name or ("create" if created else "edit") not in rule.on:
            continue
        if rule.action == "alert" and circumstances().allow_duplicates:
            continue
        for position, row in enumerate(candidates.rows):
            if row in candidates.batch.errors or not (created or _compared_anew(candidates, rule, position)):
                continue
            matches = _matches(session, candidates, rule, position)
            if matches:
                result = _result(candidates, rule, matches, full=circumstances().full_duplicates)
                candidates.batch.refuse(row, RowError("DUPLICATES_DETECTED", rule.message, duplicates=result))


def _compared_anew(candidates: Candidates, rule: DuplicateRule, position: int) -> bool:
    """An edit is compared only if it changes what the rule goes by."""
    return any(
        cell(candidates, name, position) != (candidates.before.get(name) or candidates.columns[name])[position]
        for name in rule.fields
    )


def _matches(session: Session, candidates: Candidates, rule: DuplicateRule, position: int) -> list[dict[str, object]]:
    values = [cell(candidates, name, position) for name in rule.fields]
    if any(value is None for value in values):
        return []
    tests = " and ".join(f"{quote(name)} = ?" for name in rule.fields)
    columns = ", ".join(map(quote, ("Id", *rule.fields)))
    sql = (
        f'select {columns} from {quote(rule.sobject)} where {tests} and "IsDeleted" = 0 and "Id" <> ? '
        f"order by rowid limit {MOST_MATCHES}"
    )
    found = session.db.execute(sql, (*values, candidates.ids[position])).fetchall()
    return [dict(zip(("Id", *rule.fields), row, strict=True)) for row in found]


def _result(
    candidates: Candidates, rule: DuplicateRule, matches: list[dict[str, object]], *, full: bool
) -> dict[str, object]:
    kind = candidates.definition.name
    records = [
        {
            "additionalInformation": [],
            "fieldDiffs": [],
            "matchConfidence": 100.0,
            "record": {
                "attributes": {
                    "type": kind,
                    "url": f"/services/data/v{circumstances().version}/sobjects/{kind}/{match['Id']}",
                },
                **(match if full else {"Id": match["Id"]}),
            },
        }
        for match in matches
    ]
    matched = {
        "entityType": kind, "errors": [], "matchEngine": "ExactMatchEngine", "matchRecords": records,
        "rule": rule.name, "size": len(records), "success": True,
    }  # fmt: skip
    return {
        "allowSave": rule.action == "alert",
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": kind,
        "errorMessage": rule.message,
        "matchResults": [matched],
    }
