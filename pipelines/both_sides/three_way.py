"""Two values of a cell and the one last agreed on: which side gives its value to the other, and why.

In: `work.rows` of a two-way entity, `records`, `work.base`, `echoes`. Out: `work.sides` (fold, field, theirs, ours,
based, changed_there, changed_here, there, back, flow, why, kept), one row for each agreed field of each pair: `theirs`
is the source's value in the CRM's words and `there` in its own, `ours` the CRM's and `back` that one in the source's
words, `kept` the side that a value was kept back from. `flow` is one of

* `same`: nothing differs, or only what a side cannot keep; `rest`: they differ as they did when they last agreed;
* `crm`, `source`: the value goes to that side;
* `kept`: it would, but that is prevented, the declaration keeps what is there, or there is no counterpart;
* `hold`: a person decides.

A side changed when its value is another than it was when both agreed, so that our own writing, and what a side makes
of it, is never taken for somebody's change. What was kept back counts as seen, and is no agreement: where the other
side changes later, both have changed. Where nothing was ever agreed on, a blank gives way to a value. Fields that are
declared `together` count as one: a side that changed one of them changed them all.
"""

from __future__ import annotations

from pipelines.declaring.agreed_rules import Agreed
from pipelines.declaring.first_entry import Had
from pipelines.declaring.outlook import MOST
from pipelines.reading.binding import Bound, BoundField
from pipelines.reconciling.cells import list_sql
from pipelines.sql import canonical_sql, differs_sql, duckdb_type, given, literal, quote

LINE_ENDS = r"[ \t\x{00A0}]*\n"


def agreed_fields(bound: Bound) -> list[tuple[BoundField, Agreed]]:
    """The fields that both sides shall have the same value in."""
    return [(field, field.rule) for field in bound.fields if isinstance(field.rule, Agreed)]


def comparable_sql(value: str, field: BoundField) -> str:
    """A value as it is compared, canonical text: without blanks at the ends of lines, cut where the CRM would cut."""
    text = canonical_sql(value, field.type)
    if duckdb_type(field.type) != "varchar":
        return text
    if field.type != "textarea":
        return f"nullif(trim({f'left({text}, {field.info.length})' if field.info.length else text}), '')"
    cut = f"replace(left({_with_line_ends(text)}, {field.info.length}), chr(13), '')" if field.info.length else text
    lines = f"regexp_replace({cut}, '{LINE_ENDS}', e'\\n', 'g')"
    return f"nullif(rtrim({lines}, e' \\t\\n\\r'), '')"


def _with_line_ends(text: str) -> str:
    """The text as the org keeps and counts it: an end of line is two signs."""
    return f"replace(replace({text}, chr(13), ''), chr(10), chr(13) || chr(10))"


def theirs_sql(field: BoundField, rule: Agreed) -> str:
    """The value of source row `s`, comparable."""
    return comparable_sql(rule.value_sql(field.name), field)


def ours_sql(field: BoundField) -> str:
    """The value of record `r`, comparable."""
    return comparable_sql(f"r.{quote(field.name)}", field)


def _kept_sql(field: BoundField, rule: Agreed) -> str:
    """Text, null where nothing is in the way: why the source's own value must not be overwritten."""
    cases = [f"when {condition.sql()} then {literal(why)}" for why, condition in rule.keeps.items()]
    if field.info.length and duckdb_type(field.type) == "varchar":
        whole = canonical_sql(rule.value_sql(field.name), field.type)
        longer = f"length({whole}) > {field.info.length}"
        if field.type == "textarea":
            longer = f"length({_with_line_ends(whole)}) > {field.info.length}"
        cases.append(f"when {longer} then 'longer_there'")
    if rule.first and rule.column in MOST:
        full = f"json_array_length({rule.back_sql(ours_sql(field), _had(field))}) > {MOST[rule.column]}"
        cases.append(f"when {full} then 'full_there'")
    if rule.words:
        ours = ours_sql(field)
        cases.append(f"when {ours} is not null and {rule.back_sql(ours)} is null then 'no_counterpart'")
    return f"case {' '.join(cases)} end" if cases else "cast(null as varchar)"


def _unspoken_sql(field: BoundField, rule: Agreed) -> str:
    """Boolean: the source has a word that the CRM has none for."""
    return f"(s.{given(rule.column)} is not null and {rule.value_sql(field.name)} is null)" if rule.words else "false"


def _had(field: BoundField) -> Had:
    """What the CRM had of a list when both agreed: where they agreed to differ, as it was kept back, none of it."""
    agreed, echo = quote(f"agreed {field.name}"), quote(f"echo {field.name}")
    alike = f"lower({agreed}.theirs) = lower({agreed}.ours) or {echo}.record_id is not null"
    return Had(f"({agreed}.fold is not null)", f"(case when {alike} then {agreed}.theirs end)")


def _had_join_sql(field: BoundField) -> str:
    agreed, echo, name = quote(f"agreed {field.name}"), quote(f"echo {field.name}"), literal(field.name)
    return f"""\
  left join work.base {agreed} on {agreed}.fold = s.fold and {agreed}.field = {name}
  left join echoes {echo}
    on {echo}.record_id = s.record_id and {echo}.field = {name}
    and {echo}.sent = {agreed}.theirs and {echo}.became = {agreed}.ours
"""


def sides_sql(bound: Bound) -> list[str]:
    """Statements that create `work.sides`."""
    both = bound.entity.rules_of_both
    fields = agreed_fields(bound)
    only = {"to_crm": "source", "from_crm": "crm"}.get(both.direction)  # one side gives, whatever is in dispute
    winners = ", ".join(
        f"({n}, {literal(f.name)}, {literal(only or rule.wins)}, {literal(both.joined(f.name)[0])})"
        for n, (f, rule) in enumerate(fields)
    )
    columns = {
        "theirs": [theirs_sql(f, rule) for f, rule in fields],
        "ours": [ours_sql(f) for f, _ in fields],
        "there": [rule.there_sql(theirs_sql(f, rule)) for f, rule in fields],
        "back": [rule.back_sql(ours_sql(f), _had(f)) for f, rule in fields],
        "differs": [differs_sql(theirs_sql(f, rule), ours_sql(f), f.type) for f, rule in fields],
        "in_the_way": [_kept_sql(f, rule) for f, rule in fields],
        "unspoken": [_unspoken_sql(f, rule) for f, rule in fields],
    }
    unnested = ",\n    ".join(f"unnest({list_sql(values)}) as {name}" for name, values in columns.items())
    lists = "".join(_had_join_sql(f) for f, rule in fields if rule.first)
    to_crm = "true" if both.may("crm", "update") else "false"
    to_source = "true" if both.may("source", "update") else "false"
    return [
        f"""
create or replace table work.sides as
with cells as (
  select
    s.fold,
    s.record_id,
    s.changed_at as row_changed_at,
    r.LastModifiedDate as record_changed_at,
    unnest(range({len(fields)})) as n,
    {unnested}
  from work.rows s
  left join records r on r.number = s.record_number
{lists}  where (s.record_id is not null and s.verdict is null) or s.verdict = 'skipped: deleted_in_crm'
),
held_against as (
  select
    c.*,
    w.field,
    w.wins,
    w.part,
    a.fold is not null as based,
    c.theirs is distinct from a.theirs as changed_there,
    c.ours is distinct from a.ours as changed_here,
    not c.differs or e.record_id is not null as alike,
    a.kept as kept_before,
    -- a word that the CRM has none for: what the record has beside it may be the org's own, and nobody's
    c.unspoken and a.theirs is null and a.ours is null as wordless
  from cells c
  join (values {winners}) w (n, field, wins, part) on w.n = c.n
  left join work.base a on a.fold = c.fold and a.field = w.field
  left join echoes e
    on e.record_id = c.record_id and e.field = w.field
    and e.sent is not distinct from c.theirs and e.became is not distinct from c.ours
),
judged as (
  select
    *,
    bool_and(based) over together as all_based,
    bool_or(changed_there and not alike) over together as any_there,
    bool_or(changed_here and not alike) over together as any_here,
    coalesce(bool_or(kept_before = 'crm' and not alike) over together, false) as kept_there,
    coalesce(bool_or(kept_before = 'source' and not alike) over together, false) as kept_here,
    case
      when alike then ['same', null]
      when all_based and not any_there and not any_here then ['rest', null]
      when all_based and not any_here and not kept_here then ['crm', 'changed_there']
      when all_based and not any_there and not kept_there then ['source', 'changed_here']
      when not based and theirs is null then ['source', 'blank_there']
      when not based and ours is null then ['crm', 'blank_here']
      when wins = 'crm' then ['source', 'conflict_crm_wins']
      when wins = 'source' then ['crm', 'conflict_source_wins']
      when wins = 'hold' then ['hold', 'conflict']
      when row_changed_at > record_changed_at then ['crm', 'conflict_newest_wins']
      else ['source', 'conflict_newest_wins']
    end as verdict
  from held_against
  window together as (partition by fold, part)
)
select
  fold,
  field,
  theirs,
  ours,
  based,
  changed_there,
  changed_here,
  there,
  back,
  case
    when verdict[1] in ('crm', 'source') and unspoken then 'kept'
    when verdict[1] = 'crm' and not {to_crm} then 'kept'
    when verdict[1] = 'source' and (not {to_source} or in_the_way is not null) then 'kept'
    else verdict[1]
  end as flow,
  case
    when verdict[1] in ('crm', 'source') and unspoken then 'no_counterpart'
    when verdict[1] = 'crm' and not {to_crm} then 'prevented'
    when verdict[1] = 'source' and not {to_source} then 'prevented'
    when verdict[1] = 'source' and in_the_way is not null then in_the_way
    else verdict[2]
  end as why,
  case when flow = 'kept' and not wordless then verdict[1] end as kept
from judged
""",
    ]


def columns_sql(bound: Bound) -> str:
    """A relation of two columns, field and column of the source, one row for each agreed field."""
    pairs = ", ".join(f"({literal(f.name)}, {literal(rule.column)})" for f, rule in agreed_fields(bound))
    return f"(values {pairs})"
