"""The demo's data: the same from the same seed, with every case planted, and within what gates let pass."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from resources.demo import Demo, make_demo
from resources.demo.cases import INSTITUTIONS, PEOPLE, Case, counts
from resources.sandbox.org import Org


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with make_demo(institutions=400, people=4_000) as made:
        yield made


@pytest.fixture(scope="module")
def feeds(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feeds")
    demo.write_feeds(folder)
    return folder


def rows(feeds: Path, name: str) -> list[dict[str, str]]:
    with (feeds / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_seed_gives_the_same_bytes(feeds: Path, demo: Demo, tmp_path: Path) -> None:
    with make_demo(institutions=400, people=4_000) as again:
        again.write_feeds(tmp_path)
        assert again.accounts().equals(demo.accounts())
        assert again.contacts().equals(demo.contacts())
    for name in ("institutions.csv", "personnel.csv"):
        assert (tmp_path / name).read_bytes() == (feeds / name).read_bytes()


def test_another_seed_gives_other_people(demo: Demo) -> None:
    with make_demo(8, institutions=400, people=4_000) as other:
        assert other.expected == demo.expected
        assert not other.contacts().equals(demo.contacts())


def test_every_case_is_planted_as_often_as_it_says(demo: Demo) -> None:
    planted = {f"accounts.{kind}": count for kind, count in demo.kinds("accounts").items()}
    planted |= {f"personnel.{kind}": count for kind, count in demo.kinds("personnel").items()}
    assert planted | {"accounts.ragged_row": 1, "personnel.ragged_row": 1} == demo.expected
    named = {f"accounts.{case.name}" for case in INSTITUTIONS} | {f"personnel.{case.name}" for case in PEOPLE}
    assert named < set(demo.expected)
    assert min(demo.expected.values()) >= 1


def test_the_feeds_have_a_row_for_each_and_one_that_is_cut(feeds: Path) -> None:
    for name, count in (("institutions", 400), ("personnel", 4_000)):
        cut = [row for row in rows(feeds, name) if None in row.values()]
        assert len(cut) == 1
        assert len(rows(feeds, name)) == count + 1


def test_hard_texts_are_in_the_feeds(feeds: Path) -> None:
    names = [row["name"] for row in rows(feeds, "institutions")]
    assert "=1+1" in names
    assert any("🦉" in name for name in names)
    assert any('"' in name for name in names)
    assert {len(name) for name in names} >= {255, 256}
    assert any("\n" in (row["street"] or "") for row in rows(feeds, "institutions"))
    assert {len(row["last_name"] or "") for row in rows(feeds, "personnel")} >= {80, 81}


def test_people_are_nowhere_to_be_reached(demo: Demo, feeds: Path) -> None:
    emails = {row["email"] for row in rows(feeds, "personnel") if "@" in (row["email"] or "")}
    emails |= {email for email in demo.contacts()["Email"].to_pylist() if email}
    assert {email.rpartition(".")[2] for email in emails} == {"org", "example"}
    assert all(email.endswith((".example.org", "@customer.example")) for email in emails)


def test_records_are_old_and_their_ids_are_their_own(demo: Demo) -> None:
    for table in (demo.accounts(), demo.contacts()):
        ids = table["Id"].to_pylist()
        assert len(set(ids)) == len(ids)
        assert {len(each) for each in ids} == {18}
        assert max(table["LastModifiedDate"].to_pylist()) < "2026-07"
    keys = [key for key in demo.contacts()["Source_Key__c"].to_pylist() if key]
    assert len(set(keys)) == len(keys)


def test_contacts_stand_at_accounts_that_exist(demo: Demo) -> None:
    accounts = set(demo.accounts()["Id"].to_pylist())
    assert set(demo.contacts()["AccountId"].to_pylist()) <= accounts
    assert set(demo.accounts()["ParentId"].to_pylist()) - {None} <= accounts


@pytest.mark.parametrize("cases, whole", [(INSTITUTIONS, 2_000), (PEOPLE, 20_000)], ids=["accounts", "personnel"])
def test_the_whole_keeps_within_the_gates(cases: Sequence[Case], whole: int) -> None:
    planted = counts(cases, whole)
    outcomes = Counter[str]()
    for case in cases:
        outcomes[case.outcome.partition(":")[0]] += planted[case.name]
    assert 0.10 < (outcomes["updated"] + outcomes["deactivated"] + outcomes["linked"]) / whole < 0.20
    assert (outcomes["created"] + outcomes["skipped"]) / whole < 0.40


def test_too_small_a_demo_is_refused() -> None:
    with pytest.raises(ValueError, match="60 rows are too few to plant every case"):
        make_demo(institutions=60)


def test_an_org_takes_the_records(demo: Demo, tmp_path: Path) -> None:
    with Org(tmp_path / "org") as org:
        demo.fill(org)
        with org.store.read() as db:
            assert db.execute('select count(*) from "Contact"').fetchone() == (demo.contacts().num_rows,)
            dated = db.execute('select max("SystemModstamp"), count("ParentId") from "Account"').fetchone()
    assert dated < ("2026-07",)
    assert dated[1] > 100
