"""The demo's profiles and connections: the same from the same seed, every case planted, nobody to be reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from resources.demo import make_demo
from resources.demo.engage import Engage, make_engage
from resources.demo.engage_cases import CONNECTIONS, PROFILES, profile_counts


@pytest.fixture(scope="module")
def story() -> Iterator[Engage]:
    with make_demo(institutions=400, people=4_000) as demo:
        yield make_engage(demo)


def test_the_same_seed_tells_the_same_story(story: Engage) -> None:
    with make_demo(institutions=400, people=4_000) as again, make_demo(8, institutions=400, people=4_000) as other:
        same, another = make_engage(again), make_engage(other)
        assert (same.users(), same.profiles(), same.connections()) == (
            story.users(),
            story.profiles(),
            story.connections(),
        )
        assert another.profiles() != story.profiles()
        assert Counter(another.kinds("profiles").values()) == Counter(story.kinds("profiles").values())


def test_every_case_is_planted(story: Engage) -> None:
    planted = Counter(story.kinds("profiles").values())
    assert planted == profile_counts(1_500)
    assert {case.name for case in PROFILES} < planted.keys()
    assert set(story.kinds("connections").values()) == set(CONNECTIONS)
    assert len(story.profiles()) == 1_500
    assert 3_500 < len(story.connections()) < 4_500
    for entity in ("profiles", "connections"):
        assert sum(story.expected(entity).values()) == len(story.kinds(entity))


def test_ids_are_of_one_row_each_and_point_to_what_is_there(story: Engage) -> None:
    profiles = {row["id"] for row in story.profiles()}
    users = {row["FederationIdentifier"] for row in story.users()}
    connections = story.connections()
    kinds = story.kinds("connections")
    assert len(profiles) == 1_500
    assert len({row["id"] for row in connections}) == len(connections)
    for row in connections:
        kind = kinds[row["id"]]
        assert (row["profile_id"] in profiles) == (kind != "profile_unknown")
        assert (row["user_id"] in users) == (kind not in ("user_elsewhere", "user_blank"))


def test_a_doctor_and_the_assistant_share_an_account(story: Engage) -> None:
    told = {row["id"]: row for row in story.profiles()}
    doctors, assistants = story.keys("profiles", "doctor"), story.keys("profiles", "assistant")
    alike = {tuple(told[key]["account_ids"]) for key in doctors} & {
        tuple(told[key]["account_ids"]) for key in assistants
    }
    assert len(alike) > len(doctors) / 2
    assert {told[key]["kind"] for key in doctors} == {"HCP"}
    assert {told[key]["kind"] for key in assistants} == {"Staff"}


def test_nothing_of_the_person_is_in_a_deleted_profile(story: Engage) -> None:
    told = {row["id"]: row for row in story.profiles()}
    for key in story.keys("profiles", "deleted"):
        personal = ("first_name", "last_name", "display_name", "degree", "title", "photo_url")
        assert [told[key][name] for name in personal] == [None] * len(personal)


def test_people_are_nowhere_to_be_reached(story: Engage) -> None:
    assert {row["Email"].rpartition("@")[2] for row in story.users()} == {"reps.example.org"}
    photos = {row["photo_url"].split("/")[2] for row in story.profiles() if row["photo_url"]}
    assert photos == {"photos.example.org"}


def test_hard_texts_are_among_the_names(story: Engage) -> None:
    names = [row["first_name"] or "" for row in story.profiles()]
    assert {len(name) for name in names} >= {100, 101}
    assert any("🩺" in name for name in names)
    assert any('"' in name for name in names)
    assert "=1+1" in [row["last_name"] for row in story.profiles()]


def test_too_few_profiles_are_refused() -> None:
    with pytest.raises(ValueError, match="60 profiles are too few to plant every case: at least"):
        profile_counts(60)
