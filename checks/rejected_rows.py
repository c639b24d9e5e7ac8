"""Which rows were refused, by whom and why: as things stand after the last run, not only those that it tried."""

from __future__ import annotations

from checks.question import Answer, Copy, Question

# Unusable rows come from the last extract, and from earlier ones where an extract has changes alone; the others from
# what each row's last run made of it.
REFUSED_SQL = """
select 'source' as who, reason, null as key, null as field
from landing.rejects
union all
select 'source', problem, key, problem_column
from work.incoming
where problem is not null and problem <> 'duplicate_key'
union all
select 'source', u.problem, u.key, u.problem_column
from unusable_rows u
where u.fold not in (select fold from work.incoming where fold is not null)
union all
select 'held delivery', 'never carried out', h.key, null
from held_rows h
where h.fold not in (select fold from work.incoming where fold is not null)
union all
select 'CRM', t.reason, coalesce(s.key, r.Id), null
from state t
left join source s on s.fold = t.fold
left join records r on s.fold is null and lower(r.Id) = t.fold -- which another side was to be given
where coalesce(s.present, not r.IsDeleted) and (t.outcome = 'failed' or t.reason = 'quarantined')
  and t.fold not in (select fold from work.incoming where problem is not null and fold is not null)
"""

BY_REASON_SQL = f"""
select who, reason, coalesce(field, ''), count(*), coalesce(string_agg(key, ', ' order by key) filter (place <= 5), '')
from (select *, row_number() over (partition by who, reason, field order by key) as place from ({REFUSED_SQL}))
group by who, reason, field
order by count(*) desc, reason
"""


def answer(copy: Copy) -> Answer:
    """Fails when any row is refused; reasons with their counts and first keys are in the rows."""
    source = copy.number(f"select count(*) from ({REFUSED_SQL}) where who = 'source'")
    crm = copy.number(f"select count(*) from ({REFUSED_SQL}) where who = 'CRM'")
    waiting = copy.number(f"select count(*) from ({REFUSED_SQL}) where who = 'held delivery'")
    quarantined = copy.number(f"select count(*) from ({REFUSED_SQL}) where reason = 'quarantined'")
    return Answer(
        passed=not source and not crm and not waiting,
        said=f"{source:,} rows cannot be used as the source has them, {crm:,} were refused by the CRM"
        f" ({quarantined:,} of these rest in quarantine)"
        + (f", {waiting:,} came with a delivery that was held, and not again since" if waiting else ""),
        numbers={"unusable": source, "refused": crm, "quarantined": quarantined, "held_deliveries": waiting},
        rows=copy.rows(BY_REASON_SQL, "refused by", "reason", "column", "rows", "first keys"),
    )


QUESTION = Question("rejected_rows", "Was every row taken? Those that were not are told by reason.", answer)
