"""A task or event with a lead is about nothing else: Salesforce refuses the whole record where both are set.

Of what a row suggests, the lead counts before what it is about; what a record has already, by whomever, counts before
either. Runs after all cells are made, and takes suggestions away.
"""

from __future__ import annotations

from pipelines.declaring.agreed_rules import Related
from pipelines.declaring.entity import Entity
from pipelines.sql import literal

WHO, WHAT = "WhoId", "WhatId"
LEAD = "00Q"
"""The first characters of a lead's id, in every org."""


def lead_alone_sql(entity: Entity) -> list[str]:
    """Statements that leave no suggestion in `work.cells` that would be refused so."""
    suggested = [name for name, rule in entity.fields.items() if isinstance(rule, Related)]
    if entity.target.sobject not in ("Task", "Event") or not {WHO, WHAT} <= set(suggested):
        return []
    rule, lead = literal(Related.name), literal(LEAD)
    return [
        f"""
delete from work.cells
where rule = {rule} and field = {literal(WHO)} and starts_with(new, {lead})
  and record_id in (select Id from records where {WHAT} is not null)
""",
        f"""
delete from work.cells
where rule = {rule} and field = {literal(WHAT)} and (
  fold in (select fold from work.cells where field = {literal(WHO)} and starts_with(new, {lead}))
  or record_id in (select Id from records where starts_with({WHO}, {lead}))
)
""",
    ]
