"""What happens in the profile service while the demo runs: an hour later, and another hour later.

People are promoted, move, delete their profile, merge two, get in touch, fall out and come back; new ones sign up.
`engage_cases.py` says what the next sync makes of each.
"""

from __future__ import annotations

from resources.demo.connections import USERS
from resources.demo.engage import Door, Engage

NEW = 12
"""Profiles that sign up in the first hour, each with a connection to a user of the org."""


def an_hour_later(story: Engage, service: Door) -> None:
    """The first changes are made, each as of now."""
    told = {row["id"]: row for row in story.profiles()}
    homes = [told[key]["account_ids"] for key in story.keys("profiles", "in_touch")]
    promoted = [{"id": key, "title": "Medical Director"} for key in story.keys("profiles", "to_be_promoted")]
    moved = [
        {"id": key, "account_ids": home} for key, home in zip(story.keys("profiles", "to_move"), homes, strict=False)
    ]
    mended = [
        {"id": key, "first_name": "Al", "display_name": f"Al {told[key]['last_name']}"}
        for key in story.keys("profiles", "name_too_long")
    ]
    service.patch("profiles", [*promoted, *moved, *mended])
    service.delete(*story.keys("profiles", "to_be_deleted"))
    for loser, survivor in zip(
        story.keys("profiles", "to_be_merged"), story.keys("profiles", "in_touch"), strict=False
    ):
        service.merge(loser, survivor)
    service.put("connections", [_tie(f"C8{n:06d}", key, n) for n, key in enumerate(_alone(story))])
    _sign_up(story, service)
    service.disconnect(*story.keys("connections", "to_end_and_come_back"))
    service.reconnect(*story.keys("connections", "to_come_back"))


def two_hours_later(story: Engage, service: Door) -> None:
    """Who fell out is in touch again."""
    service.reconnect(*story.keys("connections", "to_end_and_come_back"))


def new_profiles() -> list[str]:
    """The ids of those that sign up in the first hour; their connections are called alike, with a C."""
    return [f"E8{n:05d}" for n in range(NEW)]


def _alone(story: Engage) -> list[str]:
    return story.keys("profiles", "to_get_in_touch")


def _tie(key: str, profile: str, number: int) -> dict[str, object]:
    user = f"rep{number % USERS + 1}@reps.example.org"
    return {"id": key, "profile_id": profile, "user_id": user, "active": True, "disconnected_at": None}


def _sign_up(story: Engage, service: Door) -> None:
    alike = [row for row in story.profiles() if row["kind"] == "HCP" and row["state"] == "active"][:NEW]
    names = ("first_name", "last_name", "display_name", "degree", "title", "photo_url", "account_ids", "kind")
    service.put(
        "profiles",
        [
            {"id": key, **{name: row[name] for name in names}, "state": "active", "merged_into": None}
            for key, row in zip(new_profiles(), alike, strict=True)
        ],
    )
    service.put("connections", [_tie(f"C{key[1:]}", key, n) for n, key in enumerate(new_profiles())])
