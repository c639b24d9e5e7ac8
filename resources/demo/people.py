"""The directory's people, and the contacts that an untidy org has of them.

Needs the tables of `institutions.py`; makes `persons` (the truth: one row a person), `personnel` (the feed) and
`contacts` (the org).
"""

from __future__ import annotations

from collections.abc import Mapping

from resources.demo import words as w
from resources.demo.institutions import HOMES
from resources.demo.sql import AS_OF, among, pick, rows_sql

FEED = (
    "person_id, institution_id, first_name, last_name, title, department, email, phone, status, updated_at, merged_into"
)
ODD = ("emoji", "accents", "quotes", "line_break", "formula", "longest_name")
ABSENT = (
    "new",
    "new_inactive",
    "at_missing_institution",
    "at_no_institution",
    "survivor_new",
    "email_invalid",
    "key_blank",
    *ODD,
)
"""Kinds without any record."""

KEYLESS = (
    "keyless_by_email",
    "keyless_by_name",
    "two_records_with_the_email",
    "two_records_with_the_name",
    "two_rows_with_the_email",
)
"""Kinds with a record that does not carry their key."""

_PAIRED = ("key_twice", "two_rows_with_the_email")
_CHANGED = ("stale_name", "stale_email", "moved", "inactive", "inactive_without_email", "unlicensed", "new", *ODD)


def people_sql(counts: Mapping[str, int]) -> list[str]:
    """Statements; `counts` says how many people of each kind."""
    return [rows_sql("planned_people", counts), *_persons_sql(), _feed_sql(), _contacts_sql(), _other_contacts_sql()]


def _persons_sql() -> list[str]:
    homes = f"""
create table homes as
select
  number,
  slug,
  there,
  row_number() over alike - 1 as place,
  coalesce(lead(number) over alike, min(number) over (partition by there)) as neighbour
from (select *, {among("kind", *HOMES)} as there from directory)
where there or {among("kind", "missing", "missing_in_missing_district")}
window alike as (partition by there order by number)
"""
    last = " || ".join(
        pick(parts, what, "p.number")
        for what, parts in (("last 1", w.LAST_BEGINNINGS), ("last 2", w.LAST_MIDDLES), ("last 3", w.LAST_ENDINGS))
    )
    persons = f"""
create table persons as
with sizes as (
  select there, count(*) as many
  from homes
  group by there
),
drawn as (
  select
    p.*,
    s.there,
    below('home', p.number, s.many) as place,
    {pick(w.FIRST_NAMES, "first", "p.number")} as first_name,
    {last} as last_name
  from planned_people p
  join sizes s on s.there = (p.kind <> 'at_missing_institution')
)
select
  p.* exclude (there, place),
  'P' || lpad(p.number::varchar, 8, '0') as key,
  h.number as home,
  h.neighbour as other_home,
  'p' || p.number || '@' || h.slug || '.example.org' as email,
  phone(p.number) as phone,
  {pick(w.TITLES, "title", "p.number")} as title,
  {pick(w.DEPARTMENTS, "department", "p.number")} as department
from drawn p
join homes h on h.there = p.there and h.place = p.place
"""
    return [homes, persons]


def _feed_sql() -> str:
    blank = among("p.kind", "blank_in_source", "blank_on_both_sides")
    return f"""
create table personnel as
with partners as (
  select kind, nth, key, email
  from persons
),
rows as (
  select
    case p.kind
      when 'key_blank' then null
      when 'key_twice' then least(p.key, other.key)
      else p.key
    end as person_id,
    case p.kind
      when 'at_no_institution' then 'I-NOWHERE-' || p.nth
      when 'institution_blank' then null
      else 'I' || lpad(p.home::varchar, 7, '0')
    end as institution_id,
    case p.kind
      when 'emoji' then '🦉 ' || p.first_name
      when 'quotes' then p.first_name || ' "Bo"'
      when 'untrimmed' then ' ' || p.first_name || '  '
      else p.first_name
    end as first_name,
    case p.kind
      when 'accents' then 'Dvořák-Ångström y Núñez'
      when 'formula' then '=1+1'
      when 'longest_name' then rpad(p.last_name, 80, '-' || p.last_name)
      when 'name_too_long' then rpad(p.last_name, 81, '-' || p.last_name)
      when 'name_blank' then ' '
      else p.last_name
    end as last_name,
    case
      when {blank} then null
      when p.kind = 'line_break' then p.title || e'\\nand ' || p.department
      else p.title
    end as title,
    p.department,
    case
      when {blank} or p.kind = 'inactive_without_email' then null
      when p.kind = 'email_invalid' then 'nobody at ' || p.home
      when p.kind = 'two_rows_with_the_email' and p.nth % 2 = 0 then other.email
      else p.email
    end as email,
    case when {blank} then null else p.phone end as phone,
    case
      when {among("p.kind", "inactive", "inactive_without_email", "inactive_long_ago", "new_inactive")} then 'I'
      when p.kind = 'unlicensed' then 'U'
      when p.kind = 'status_unknown' then '?'
      else 'A'
    end as status,
    case
      when p.kind = 'date_invalid' then 'yesterday'
      when {among("p.kind", *_CHANGED)} then iso(days_ago(1 + below('changed', p.number, 29)))
      else iso(days_ago(60 + below('changed', p.number, 700)))
    end as updated_at,
    survivor.key as merged_into,
    p.number
  from persons p
  left join partners other
    on {among("other.kind", *_PAIRED)} and other.kind = p.kind and other.nth = p.nth + p.nth % 2 * 2 - 1
  left join partners survivor
    on survivor.kind = case p.kind
      when 'merged_into_new' then 'survivor_new'
      when 'merged_into_known' then 'in_accord'
    end
    and survivor.nth = p.nth
)
select {FEED}
from rows
order by number
"""


def _contacts_sql() -> str:
    """One record a person. Where nothing else is said, a record says what the directory says."""
    keyless = among("p.kind", *KEYLESS)
    no_email = among("p.kind", "keyless_by_name", "two_records_with_the_name", "blank_on_both_sides")
    moved = among("p.kind", "moved", "do_not_update_hierarchy")
    return f"""
create table contacts as
select
  record_id('003', p.number) as Id,
  case when not {keyless} then p.key end as Source_Key__c,
  record_id('001', case when {moved} then p.other_home else p.home end) as AccountId,
  case
    when {among("p.kind", "keyless_by_email", "two_records_with_the_email")} then left(p.first_name, 1) || '.'
    else p.first_name
  end as FirstName,
  case when p.kind = 'stale_name' then p.last_name || '-Olden' else p.last_name end as LastName,
  case
    when {among("p.kind", "blank_title_in_crm", "blank_on_both_sides")} then null
    when p.kind = 'edited_title' then 'Met at the fair: ' || p.title
    else p.title
  end as Title,
  p.department as Department,
  case
    when {no_email} then null
    when {among("p.kind", "stale_email", "do_not_update")} then 'old.' || p.email
    else p.email
  end as Email,
  case
    when {among("p.kind", "blank_phone_in_crm", "blank_on_both_sides")} then null
    when p.kind = 'edited_phone' then '+1 800-555-0199 mornings'
    else p.phone
  end as Phone,
  case when {keyless} then null when p.kind = 'inactive_long_ago' then 'I' else 'A' end as Source_Status__c,
  p.kind = 'do_not_update' as Do_Not_Update__c,
  p.kind = 'do_not_update_hierarchy' as Do_Not_Update_Hierarchy__c,
  not {keyless} and below('by', p.number, 3) > 0 as Created_By_Source__c,
  case when not {keyless} then iso(days_ago(120 + below('synced', p.number, 60))) end as Source_Synced_At__c,
  iso(days_ago(300 + below('born', p.number, 900))) as CreatedDate,
  iso(days_ago(90 + below('touched', p.number, 100))) as LastModifiedDate
from persons p
where not {among("p.kind", *ABSENT)} and not ({among("p.kind", *_PAIRED)} and p.nth % 2 = 0)
"""


def _other_contacts_sql() -> str:
    """Second records of the same person, and people of customers."""
    return f"""
insert into contacts by name
with others as (
  select
    'copy' as kind,
    number as of_number,
    record_id('001', home) as account,
    case when kind = 'two_records_with_the_name' then first_name else left(first_name, 1) end as first_name,
    last_name,
    case when kind <> 'two_records_with_the_name' then email end as email
  from persons
  where {among("kind", "doubled_in_crm", "two_records_with_the_email", "two_records_with_the_name")}
  union all
  select
    'customer',
    row_number() over (order by Id),
    Id,
    'Sam',
    'Purchaser',
    'sam' || row_number() over (order by Id) || '@customer.example'
  from accounts
  where Source_Key__c is null
)
select
  record_id('003', 100000000 + row_number() over (order by kind, of_number)) as Id,
  account as AccountId,
  first_name as FirstName,
  last_name as LastName,
  email as Email,
  false as Do_Not_Update__c,
  false as Do_Not_Update_Hierarchy__c,
  false as Created_By_Source__c,
  iso({AS_OF} - interval 500 day) as CreatedDate,
  iso({AS_OF} - interval 200 day) as LastModifiedDate
from others
"""
