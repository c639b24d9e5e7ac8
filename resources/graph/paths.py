"""Where things of a mailbox are, as paths below the version. Names and ids may hold any sign."""

from __future__ import annotations

from urllib.parse import quote


def user_path(user: str, *below: str) -> str:
    """A user, by id or principal name, or what is below."""
    return "/".join(["/users", quote(user, safe=""), *below])


def list_path(user: str, list_id: str = "") -> str:
    """The lists of tasks of a user, or one of them."""
    return user_path(user, "todo", "lists", *_ids(list_id))


def task_path(user: str, list_id: str, task_id: str = "") -> str:
    """The tasks of a list, or one of them."""
    return "/".join([list_path(user, list_id), "tasks", *_ids(task_id)])


def link_path(user: str, list_id: str, task_id: str, link_id: str) -> str:
    """A link of a task to something elsewhere."""
    return "/".join([task_path(user, list_id, task_id), "linkedResources", *_ids(link_id)])


def item_path(user: str, collection: str, item_id: str = "") -> str:
    """The `events` or `contacts` of a user, or one of them."""
    return user_path(user, collection, *_ids(item_id))


def _ids(item_id: str) -> list[str]:
    return [quote(item_id, safe="")] if item_id else []
