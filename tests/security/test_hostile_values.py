"""What a feed or a person types stays a value: no statement, no query, no formula, no path is made of it."""

from __future__ import annotations

import pytest

from pipelines.linking.scope import Keys
from resources.salesforce.org import SalesforceOrg
from tests.runs.place import Place, Row

HOSTILE = (
    "'; drop table source; --",
    '"; drop table records; --',
    "') or 1=1 --",
    "x' OR Name != '",
    "\\' OR Id != null",
    "\\",
    "\\u0027",
    "%",
    "_",
    "{0} {name!r} %s $1 ?",
    "${jndi:ldap://127.0.0.1/a}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "</Name><Name>x",
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "#N/A",
    "null",
    "NULL",
    "true",
    "../../etc/passwd",
    "file:///etc/passwd",
    "read_csv('/etc/passwd')",
    "\u202eevil",
    "\u200bzero",
    "\x7f",
    'a "quoted" word, a comma\nand a line',
    "Zo\u0065\u0308",
    "🦉" * 60,
    "x" * 255,
)


def everywhere(prefix: str) -> list[Row]:
    """A row for each hostile value: in its key, and in each column that takes text."""
    columns = ("name", "type", "street", "city", "state", "postal_code", "country", "county", "phone", "website")
    limits = {"city": 40, "state": 80, "postal_code": 20, "country": 80, "county": 80, "phone": 40, "type": 40}
    return [
        {"institution_id": f"{prefix}{number} {value}"[:255].strip()}
        | {column: value[: limits.get(column, 255)].strip() for column in columns}
        for number, value in enumerate(HOSTILE)
    ]


FIELDS = {
    "name": "Name",
    "city": "BillingCity",
    "country": "BillingCountry",
    "phone": "Phone",
    "county": "Source_County__c",
}


@pytest.mark.parametrize("bulk", [False, True], ids=["collections", "bulk"])
def test_whatever_a_feed_holds_arrives_as_it_is_and_is_found_again(bulk: bool, here: Place) -> None:  # noqa: FBT001
    rows = everywhere(f"evil{int(bulk)}-")
    keys = [str(row["institution_id"]) for row in rows]
    here.feed("institutions", rows)
    report = here.run("accounts", approved=True, create_missing=True, bulk=bulk, scope=Keys(frozenset(keys)))
    assert report.outcomes == {"created": len(rows)}
    assert report.differing == 0
    found = here.records("Account", "Source_County__c")
    for row in rows:
        record = found[str(row["institution_id"])]
        assert {field: record[field] for field in FIELDS.values()} == {
            field: row[column] or None for column, field in FIELDS.items()
        }
    with SalesforceOrg(here.settings()) as org:
        assert sorted(
            org.read("Account", ["Source_Key__c"], "Source_Key__c", keys)["Source_Key__c"].to_pylist()
        ) == sorted(keys)
    assert here.run("accounts", scope="all").status == "nothing_to_do"


def test_people_of_any_name_are_found_by_it_and_nobody_else_is(here: Place) -> None:
    (school,) = here.org.seed("Account", [{"Source_Key__c": "evil-school", "Name": "School"}])
    names = [value[:40].strip() for value in HOSTILE if value != "NULL"]
    here.org.seed("Contact", [{"LastName": name, "FirstName": "Evil", "AccountId": school} for name in names])
    here.feed("institutions", [{"institution_id": "evil-school", "name": "School"}])
    here.feed(
        "personnel",
        [
            {"person_id": f"evil-p{n}", "institution_id": "evil-school", "first_name": "Evil", "last_name": name}
            for n, name in enumerate(names)
        ],
    )
    here.run("accounts")
    report = here.run("personnel", approved=True)
    assert report.reasons == {"linked: same_LastName,_FirstName,_AccountId": len(names)}
    found = here.records("Contact")
    assert [found[f"evil-p{n}"]["LastName"] for n in range(len(names))] == names


@pytest.mark.parametrize("key", ["../accounts", "accounts.duckdb", "a/b", "/etc/passwd", "~"])
def test_a_key_is_no_path(key: str, here: Place) -> None:
    here.feed("institutions", [{"institution_id": f"path-{key}", "name": "School"}])
    before = {path.name for path in here.home.parent.iterdir()}
    here.run("accounts", approved=True, create_missing=True)
    assert {path.name for path in here.home.parent.iterdir()} == before
    assert here.records("Account")[f"path-{key}"]["Name"] == "School"
