"""What both sides of a pair last agreed on, cell by cell: the base by which a change is told from a difference.

Table `accord` (fold, field, theirs, ours): what the source held and what the CRM held when they were in accord, as
comparable text. The two may differ: what a side cannot keep, or makes into something else, is no change.
"""

from __future__ import annotations

TABLE = "create table if not exists accord (fold varchar, field varchar, theirs varchar, ours varchar)"

FRESH = "create or replace temp table fresh_accord (fold varchar, field varchar, theirs varchar, ours varchar)"

TAKE = (
    "delete from accord where (fold, field) in (select fold, field from fresh_accord)",
    "insert into accord from fresh_accord",
    "drop table fresh_accord",
)
"""`accord` says what `fresh_accord` does."""

FORGET_LOST = """
delete from accord where fold not in (select fold from links)
"""
"""What belongs to no pair any more."""
