"""The directory's institutions, and the accounts that an untidy org has of them.

Makes the tables `directory` (the truth: one row an institution), `institutions` (the feed) and `accounts` (the org).
"""

from __future__ import annotations

from collections.abc import Mapping

from resources.demo import words as w
from resources.demo.sql import AS_OF, among, pick, rows_sql

FEED = (
    "institution_id, name, type, status, parent_id, street, city, state, postal_code, country, county, phone, website,"
    " enrollment, updated_at, merged_into"
)
ABSENT = (
    "missing",
    "missing_district",
    "missing_in_missing_district",
    "missing_with_twin",
    "missing_closed",
    "missing_in_circle",
    "merged_nowhere_in_crm",
    "survivor_new",
    "key_blank",
)
"""Kinds without a record under their key."""

HOMES = ("in_accord", "edited_phone", "blank_in_source", "stale_address", "stale_enrollment", "blank_phone_in_crm")
"""Kinds at which people of the demo work: their accounts are there before and after the sync."""

_CHANGED = (
    "stale_name",
    "stale_address",
    "stale_enrollment",
    "moved_district",
    "reopened",
    "closed",
    "unlicensed",
    "merged_into_known",
    "merged_into_new",
    "survivor_new",
    "emoji",
    "accents",
    "quotes",
    "line_break",
    "formula",
    "longest_name",
)


def institutions_sql(counts: Mapping[str, int]) -> list[str]:
    """Statements; `counts` says how many institutions of each kind."""
    return [
        rows_sql("planned_institutions", counts),
        _directory_sql(),
        _feed_sql(counts["merged_into_known"]),
        _accounts_sql(),
        _other_accounts_sql(),
    ]


def _directory_sql() -> str:
    district = among("kind", "district", "missing_district")
    independent = among("n.kind", "in_circle", "missing_in_circle", "parent_nowhere", "missing_with_twin")
    return f"""
create table directory as
with placed as (
  select
    *,
    case
      when kind = 'missing_with_twin' then {pick(w.PLACE_BEGINNINGS, "place", "number")} || 'haven ' || number
      else {pick(w.PLACE_BEGINNINGS, "place", "number")} || {pick(w.PLACE_ENDINGS, "end", "number")}
    end as city,
    {district} as is_district
  from planned_institutions
),
named as (
  select
    *,
    case
      when is_district then city || ' Unified School District'
      else city || {pick(w.SCHOOL_MIDDLES, "middle", "number")} || ' ' || {pick(w.SCHOOL_ENDINGS, "school", "number")}
    end as plain_name,
    lower(replace(city, ' ', '')) || number as slug
  from placed
),
districts as (
  select
    kind,
    number,
    row_number() over alike - 1 as place,
    coalesce(lead(number) over alike, min(number) over (partition by kind)) as neighbour
  from named
  where is_district
  window alike as (partition by kind order by number)
),
sizes as (
  select kind, count(*) as many
  from districts
  group by kind
),
drawn as (
  select n.*, s.kind as district_kind, below('district', n.number, s.many) as place
  from named n
  join sizes s on s.kind = case when n.kind = 'missing_in_missing_district' then 'missing_district' else 'district' end
)
select
  n.* exclude (district_kind, place),
  'I' || lpad(n.number::varchar, 7, '0') as key,
  case n.kind
    when 'emoji' then '🦉 ' || plain_name || ' 🏫'
    when 'accents' then 'École Frédéric Müller à ' || city
    when 'quotes' then 'The "Little" School of ' || city || ', Inc.'
    when 'formula' then '=1+1'
    when 'longest_name' then rpad(plain_name || ' of ', 254, 'the long name ') || '.'
    when 'name_too_long' then rpad(plain_name || ' of ', 255, 'the long name ') || '.'
    else plain_name
  end as name,
  case when is_district then 'District' else 'School' end as type,
  (1 + below('house', n.number, 990)) || ' ' || {pick(w.STREETS, "street", "n.number")} as street,
  {pick(w.STATES, "state", "n.number")} as state,
  lpad((10000 + below('zip', n.number, 80000))::varchar, 5, '0') as postal_code,
  {pick(w.COUNTIES, "county", "n.number")} as county,
  phone(n.number) as phone,
  'https://www.' || slug || '.example.org' as website,
  40 + below('pupils', n.number, 1800) as enrollment,
  case when is_district or {independent} or below('private', n.number, 8) = 0 and n.kind <> 'moved_district'
    and n.kind <> 'do_not_update_hierarchy' and n.kind <> 'missing_in_missing_district' then null
    else d.number
  end as parent,
  d.neighbour as other_district
from drawn n
left join districts d on d.kind = n.district_kind and d.place = n.place
"""


def _feed_sql(taken: int) -> str:
    """`taken` institutions in accord have a merged one already."""
    recent = among("d.kind", *_CHANGED)
    return f"""
create table institutions as
with partners as (
  select kind, nth, 'I' || lpad(number::varchar, 7, '0') as key
  from directory
),
rows as (
  select
    case d.kind
      when 'key_blank' then null
      when 'key_twice' then least(d.key, other.key)
      else d.key
    end as institution_id,
    case d.kind when 'untrimmed' then '  ' || d.name || ' ' when 'name_blank' then '  ' else d.name end as name,
    d.type,
    case
      when {among("d.kind", "closed", "closed_long_ago", "missing_closed")} then 'C'
      when d.kind = 'unlicensed' then 'U'
      when d.kind = 'status_unknown' then 'Z'
      else 'A'
    end as status,
    case
      when d.kind = 'parent_nowhere' then 'I-NOWHERE-' || d.nth
      when {among("d.kind", "in_circle", "missing_in_circle")} then other.key
      else 'I' || lpad(d.parent::varchar, 7, '0')
    end as parent_id,
    case
      when {among("d.kind", "blank_in_source", "blank_on_both_sides")} then null
      when d.kind = 'line_break' then d.street || e'\\r\\nBuilding 2'
      else d.street
    end as street,
    d.city,
    d.state,
    d.postal_code,
    'United States' as country,
    d.county,
    case when {among("d.kind", "blank_in_source", "blank_on_both_sides")} then null else d.phone end as phone,
    d.website,
    case when d.kind = 'number_invalid' then 'about 300' else d.enrollment::varchar end as enrollment,
    case
      when d.kind = 'date_invalid' then '2026-13-45'
      when {recent} then iso(days_ago(1 + below('changed', d.number, 29)))
      else iso(days_ago(60 + below('changed', d.number, 700)))
    end as updated_at,
    survivor.key as merged_into,
    d.number
  from directory d
  left join partners other on other.kind = d.kind and other.nth = d.nth + d.nth % 2 * 2 - 1
  left join partners survivor
    on survivor.kind = case
      when d.kind = 'merged_into_new' then 'survivor_new'
      when {among("d.kind", "merged_into_known", "merged_nowhere_in_crm")} then 'in_accord'
    end
    and survivor.nth = d.nth + case when d.kind = 'merged_nowhere_in_crm' then {taken} else 0 end
)
select {FEED}
from rows
order by number
"""


def _accounts_sql() -> str:
    """The records with a key. Where nothing else is said, a record says what the directory says."""
    stale_name = among("d.kind", "stale_name", "do_not_update", "closed_long_ago")
    plain = among("d.kind", "emoji", "accents", "quotes", "formula", "longest_name", "name_too_long")
    moved = among("d.kind", "moved_district", "do_not_update_hierarchy")
    return f"""
create table accounts as
select
  record_id('001', d.number) as Id,
  d.key as Source_Key__c,
  case when {stale_name} then d.city || ' School (old name)' when {plain} then d.plain_name else d.name end as Name,
  case
    when {among("d.kind", "in_circle", "parent_nowhere")} then null
    else record_id('001', case when {moved} then d.other_district else d.parent end)
  end as ParentId,
  case
    when d.kind = 'stale_address' then 'PO Box ' || d.number
    when d.kind = 'blank_on_both_sides' then null
    else d.street
  end as BillingStreet,
  d.city as BillingCity,
  d.state as BillingState,
  d.postal_code as BillingPostalCode,
  'United States' as BillingCountry,
  d.county as Source_County__c,
  d.type as Type,
  case
    when {among("d.kind", "blank_phone_in_crm", "blank_on_both_sides")} then null
    when d.kind = 'edited_phone' then '+1 800-555-0100 ask for the office'
    else d.phone
  end as Phone,
  case
    when d.kind = 'blank_website_in_crm' then null
    when d.kind = 'edited_website' then 'https://welcome.' || d.slug || '.example.org'
    else d.website
  end as Website,
  case when d.kind = 'stale_enrollment' then d.enrollment + 17 else d.enrollment end as NumberOfEmployees,
  case when {among("d.kind", "closed_long_ago", "reopened")} then 'C' else 'A' end as Source_Status__c,
  d.kind = 'do_not_update' as Do_Not_Update__c,
  d.kind = 'do_not_update_hierarchy' as Do_Not_Update_Hierarchy__c,
  below('by', d.number, 3) = 0 as Created_By_Source__c,
  iso(days_ago(120 + below('synced', d.number, 60))) as Source_Synced_At__c,
  iso(days_ago(300 + below('born', d.number, 900))) as CreatedDate,
  iso(days_ago(90 + below('touched', d.number, 100))) as LastModifiedDate
from directory d
where not {among("d.kind", *ABSENT)} and not (d.kind = 'key_twice' and d.nth % 2 = 0)
"""


def _other_accounts_sql() -> str:
    """Records that the directory knows nothing of: twins of missing institutions, customers, a key long gone."""
    return f"""
insert into accounts by name
with others as (
  select
    'twin' as kind,
    d.number as of_number,
    replace(d.plain_name, 'School', 'Schol') as name,
    null as key,
    d.city,
    d.postal_code
  from directory d
  where d.kind = 'missing_with_twin'
  union all
  select
    'customer',
    d.number,
    d.city || ' ' || {pick(w.CUSTOMERS, "customer", "d.number")} || ' Ltd.',
    case when d.number % 400 = 0 then 'I-GONE-' || d.number end,
    d.city,
    d.postal_code
  from directory d
  where d.number % 40 = 0
)
select
  record_id('001', 100000000 + row_number() over (order by kind, of_number)) as Id,
  key as Source_Key__c,
  name as Name,
  city as BillingCity,
  postal_code as BillingPostalCode,
  'United States' as BillingCountry,
  false as Do_Not_Update__c,
  false as Do_Not_Update_Hierarchy__c,
  false as Created_By_Source__c,
  iso({AS_OF} - interval 500 day) as CreatedDate,
  iso({AS_OF} - interval 200 day) as LastModifiedDate
from others
"""
