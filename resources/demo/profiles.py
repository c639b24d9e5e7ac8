"""The profile service's people: doctors and their staff, with an account of the org, another, or none.

Needs the tables of `institutions.py` and `people.py`; makes `profile_truth` (one row a profile, with its `kind` of
case) and `service_profiles` (what the service tells).
"""

from __future__ import annotations

from collections.abc import Mapping

from resources.demo import words as w
from resources.demo.sql import among, pick, rows_sql

DEGREES = ("DO", "MD", "MD", "NP", "PhD", "RN")
HCP_TITLES = ("School Physician", "Pediatrician", "Head of Pediatrics", "Psychiatrist", "School Nurse")
STAFF_TITLES = ("Assistant", "Office Manager", "Receptionist")

OVER = ("deleted", "merged", "merged_nowhere")
UNUSABLE = ("name_too_long", "kind_unknown", "kind_blank", "date_invalid", "from_the_future")
CIRCLES = ("merged_into_itself", "merged_in_circle")


def profiles_sql(counts: Mapping[str, int]) -> list[str]:
    """Statements; `counts` says how many profiles of each kind."""
    return [rows_sql("planned_profiles", counts), _truth_sql(), _told_sql()]


def _truth_sql() -> str:
    last = " || ".join(
        pick(parts, what, "number")
        for what, parts in (("e last 1", w.LAST_BEGINNINGS), ("e last 2", w.LAST_MIDDLES), ("e last 3", w.LAST_ENDINGS))
    )
    return f"""
create table profile_truth as
with sizes as (
  select count(*) as many
  from homes
  where there
),
named as (
  select
    *,
    -- an assistant works where the doctor of the same number does
    case when kind in ('doctor', 'assistant') then 'pair ' || nth else 'one ' || number end as together,
    {pick(w.FIRST_NAMES, "e first", "number")} as first_name,
    {last} as last_name
  from planned_profiles
),
placed as (
  select n.*, below('e home', n.together, s.many) as home
  from named n, sizes s
)
select
  n.* exclude (home),
  'E' || lpad(n.number::varchar, 6, '0') as key,
  'I' || lpad(t.number::varchar, 7, '0') as account,
  'I' || lpad(t.neighbour::varchar, 7, '0') as other_account,
  n.kind = 'assistant' or (n.kind = 'in_touch' and below('staff', n.number, 4) = 0) as is_staff
from placed n
join homes t on t.there and t.place = n.home
"""


def _told_sql() -> str:
    over = among("p.kind", *OVER)
    merged = among("p.kind", "merged", "merged_nowhere")
    return f"""
create table service_profiles as
with partners as (
  select kind, nth, key
  from profile_truth
),
rows as (
  select
    p.key as id,
    case p.kind
      when 'kind_unknown' then 'Patient'
      when 'kind_blank' then null
      else case when p.is_staff then 'Staff' else 'HCP' end
    end as kind,
    case
      when p.kind = 'deleted' or p.kind = 'without_account' then []
      when {among("p.kind", "account_unknown", "account_unknown_through_the_company")} then ['I-ELSEWHERE-' || p.nth]
      when p.kind = 'several_accounts' then ['I-ELSEWHERE-' || p.nth, p.account, p.other_account]
      else [p.account]
    end as account_ids,
    case p.kind
      when 'deleted' then null
      when 'emoji' then '🩺 ' || p.first_name
      when 'quotes' then p.first_name || ' "Doc"'
      when 'longest_name' then rpad(p.first_name, 100, '-' || p.first_name)
      when 'name_too_long' then rpad(p.first_name, 101, '-' || p.first_name)
      else p.first_name
    end as first_name,
    case p.kind
      when 'deleted' then null
      when 'accents' then 'Dvořák-Ångström y Núñez'
      when 'formula' then '=1+1'
      else p.last_name
    end as last_name,
    case when not p.is_staff and p.kind <> 'deleted' then {pick(DEGREES, "degree", "p.number")} end as degree,
    case
      when p.kind = 'deleted' then null
      when p.is_staff then {pick(STAFF_TITLES, "e title", "p.number")}
      when p.kind = 'line_break' then e'School Physician\\nand Coach'
      else {pick(HCP_TITLES, "e title", "p.number")}
    end as title,
    case when p.kind <> 'deleted' and below('photo', p.number, 3) > 0
      then 'https://photos.example.org/' || lower(p.key) || '.jpg'
    end as photo_url,
    case p.kind when 'date_invalid' then 'last spring' else iso(days_ago(40 + below('signed up', p.number, 900))) end
      as signed_up_at,
    case when {over} then 'deleted' else 'active' end as state,
    case
      when p.kind = 'merged_into_itself' then p.key
      when p.kind = 'merged_in_circle' then other.key
      when p.kind = 'merged_nowhere' then 'E-NOWHERE-' || p.nth
      when {merged} then survivor.key
    end as merged_into,
    case p.kind
      when 'from_the_future' then '2999-01-01T00:00:00Z'
      else iso(days_ago(1 + below('e changed', p.number, 39)))
    end as updated_at,
    p.number
  from profile_truth p
  left join partners other
    on p.kind = 'merged_in_circle' and other.kind = p.kind and other.nth = p.nth + p.nth % 2 * 2 - 1
  left join partners survivor on p.kind = 'merged' and survivor.kind = 'in_touch' and survivor.nth = p.nth
)
select
  id,
  kind,
  account_ids,
  first_name,
  last_name,
  case when degree in ('MD', 'DO') then 'Dr. ' else '' end || first_name || ' ' || last_name as display_name,
  degree,
  title,
  photo_url,
  signed_up_at,
  state,
  merged_into,
  updated_at
from rows
order by number
"""
