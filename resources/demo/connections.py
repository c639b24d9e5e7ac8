"""The users of the org, and who of them is connected to whom in the profile service.

Needs the tables of `profiles.py`; makes `org_users` (the org), `connection_truth` (one row a connection, with its
`kind` of case) and `service_connections` (what the service tells).
"""

from __future__ import annotations

from resources.demo import words as w
from resources.demo.profiles import CIRCLES, OVER, UNUSABLE
from resources.demo.sql import AS_OF, among, pick

USERS = 40
"""Users of the org; as many of the company work in another one."""

ALONE = ("connected_to_nobody", "to_get_in_touch")
ELSEWHERE = ("through_the_company", "account_unknown_through_the_company")
TO_BE_OVER = ("to_be_deleted", "to_be_merged")
SINGLE = ("user_blank", "profile_unknown", "from_the_future", "to_come_back")
"""Kinds of connections of which there are two each, whatever the profiles."""


def connections_sql() -> list[str]:
    """Statements."""
    return [_users_sql(), _truth_sql(), _told_sql()]


def _users_sql() -> str:
    last = f"{pick(w.LAST_BEGINNINGS, 'u last 1', 'n')} || {pick(w.LAST_ENDINGS, 'u last 2', 'n')}"
    return f"""
create table org_users as
select
  record_id('005', 1000 + n) as Id,
  'rep' || n || '@reps.example.org' as Username,
  {pick(w.FIRST_NAMES, "u first", "n")} as FirstName,
  {last} as LastName,
  'rep' || n || '@reps.example.org' as Email,
  'rep' || n as Alias,
  true as IsActive,
  'rep' || n || '@reps.example.org' as FederationIdentifier
from range(1, {USERS + 1}) as r(n)
"""


def _truth_sql() -> str:
    """Each profile has some; the first decides which profile it is, the others are as it happens."""
    single = ", ".join(f"('{kind}')" for kind in SINGLE)
    return f"""
create table connection_truth as
with placed as (
  select
    p.key,
    p.kind as profile,
    p.number,
    unnest(range(1, 2 + case
      when {among("p.kind", *ALONE)} then -1
      when {among("p.kind", "in_touch", "doctor", "several_accounts")} then below('ties', p.number, 6)
      else below('ties', p.number, 2)
    end)) as place
  from profile_truth p
),
drawn as (
  select *, below('tie', number || ' ' || place, 100) as lot
  from placed
),
told as (
  select
    key,
    number * 10 + place as number,
    below('tie user', number, {USERS}) + place as user_number,
    case
      when {among("profile", *OVER)} then 'of_one_that_is_over'
      when profile = 'name_too_long' then 'of_one_to_be_mended'
      when {among("profile", *UNUSABLE, *CIRCLES)} then 'of_one_not_synced'
      when {among("profile", *ELSEWHERE)} then 'user_elsewhere'
      when profile = 'connections_ended' then 'ended'
      when {among("profile", *TO_BE_OVER)} then 'of_one_to_be_over'
      when profile = 'to_lose_touch' then 'to_end_and_come_back'
      when place = 1 then 'active'
      when lot < 12 then 'ended'
      when lot < 24 then 'user_elsewhere'
      when lot < 27 then 'to_end_and_come_back'
      else 'active'
    end as kind
  from drawn
),
single as (
  select k.kind, nth, row_number() over (order by k.kind, nth) as place
  from (values {single}) as k(kind), (values (1), (2)) as n(nth)
)
select kind, 'C' || lpad(number::varchar, 7, '0') as key, key as profile, user_number, number
from told
union all
select
  s.kind,
  'C9' || lpad(s.place::varchar, 6, '0'),
  case when s.kind = 'profile_unknown' then 'E-NOWHERE-' || s.nth else p.key end,
  {USERS // 2} + s.place,
  100000000 + s.place
from single s
join profile_truth p on p.kind = 'in_touch' and p.nth = s.place
"""


def _told_sql() -> str:
    over = among("kind", "ended", "to_come_back")
    connected = "days_ago(3 + below('tied', number, 37))"
    return f"""
create table service_connections as
select
  key as id,
  profile as profile_id,
  case kind
    when 'user_blank' then null
    when 'user_elsewhere' then 'rep' || (1 + user_number % {USERS}) || '@elsewhere.example.org'
    else 'rep' || (1 + user_number % {USERS}) || '@reps.example.org'
  end as user_id,
  not {over} as active,
  iso({connected}) as connected_at,
  case when {over} then iso({connected} + interval 30 hour) end as disconnected_at,
  case
    when kind = 'from_the_future' then '2999-01-01T00:00:00Z'
    else iso(least({AS_OF}, {connected} + interval 30 hour))
  end as updated_at
from connection_truth
order by number
"""
