"""Which address is what: the path of a call below the version, and the operation that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .answer import Answer, Asked, Refusal, answer_of
from .calendars import Calendar
from .contacts import CONTACTS
from .directory import PROPERTIES, User
from .events import EVENTS
from .mailbox import Mailbox
from .operations import Collection, no_segment, not_allowed
from .pages import told_rows
from .tasks import LISTS, TASKS

if TYPE_CHECKING:
    from .service import Service

DELTA = frozenset({"delta", "delta()", "microsoft.graph.delta", "microsoft.graph.delta()"})


def answered(service: Service, asked: Asked) -> Answer:
    """What Graph answers to a call whose token holds; Refusal if it does not."""
    match asked.path:
        case ("users",):
            return _users(service, asked)
        case ("users", name):
            _only_get(asked)
            select = [each.strip() for each in asked.query.get("$select", "").split(",") if each.strip()]
            row = service.directory.user(name).told()
            return answer_of({key: row[key] for key in select or PROPERTIES if key in row})
        case ("users", name, *rest):
            user = service.directory.mailbox(name)
            with service.throttle.admitted(user.id):
                return _of_mailbox(service, asked, user, tuple(rest))
        case _:
            raise no_segment(asked.path[0] if asked.path else "")


def _users(service: Service, asked: Asked) -> Answer:
    _only_get(asked)
    return told_rows(asked, [user.told() for user in service.directory.users()], 100)


def _of_mailbox(service: Service, asked: Asked, user: User, path: tuple[str, ...]) -> Answer:
    mailbox = Mailbox(service.store, service.items, user)
    match path:
        case ("todo", "lists", *rest):
            return _of_lists(service, asked, mailbox, tuple(rest))
        case ("calendar" | "calendarView" | "events", *_):
            return _of_calendar(service, asked, mailbox, path[1:] if path[0] == "calendar" else path)
        case ("contacts", *rest):
            contacts = Collection(service, CONTACTS, mailbox.folder(CONTACTS), mailbox.generation)
            return _of_collection(contacts, asked, tuple(rest))
        case ("mailboxSettings",) | ("mailboxSettings", "timeZone"):
            _only_get(asked)
            return answer_of({"value": user.zone} if len(path) == 2 else {"timeZone": user.zone})
        case _:
            raise no_segment(path[0])


def _of_lists(service: Service, asked: Asked, mailbox: Mailbox, path: tuple[str, ...]) -> Answer:
    lists = Collection(service, LISTS, mailbox.lists, mailbox.generation)
    match path:
        case (list_id, "tasks", *rest) if list_id not in DELTA:
            tasks = Collection(service, TASKS, mailbox.tasks(list_id), mailbox.generation)
            return _of_collection(tasks, asked, tuple(rest))
        case (list_id,) if asked.method in ("PATCH", "DELETE") and list_id not in DELTA:
            _check_own(mailbox, list_id)
            return lists.item(asked, list_id)
        case _:
            return _of_collection(lists, asked, path)


def _of_collection(collection: Collection, asked: Asked, path: tuple[str, ...]) -> Answer:
    match path:
        case ():
            return collection.asked(asked)
        case (name,) if name in DELTA:
            return collection.delta(asked)
        case (item_id,):
            return collection.item(asked, item_id)
        case (item_id, name):
            return collection.beside(asked, item_id, name, None)
        case (item_id, name, link_id):
            return collection.beside(asked, item_id, name, link_id)
        case _:
            raise no_segment(path[-1])


def _of_calendar(service: Service, asked: Asked, mailbox: Mailbox, path: tuple[str, ...]) -> Answer:
    calendar = Calendar(service, mailbox.user, mailbox.folder(EVENTS), mailbox.generation)
    match path:
        case ("events",):
            return calendar.asked(asked)
        case ("events", event_id) if event_id not in DELTA:
            return calendar.item(asked, event_id)
        case ("events", event_id, "instances"):
            return calendar.instances(asked, event_id)
        case ("calendarView",):
            return calendar.view(asked, delta=False)
        case ("calendarView", name) if name in DELTA:
            return calendar.view(asked, delta=True)
        case _:
            raise no_segment(path[-1] if path else "calendar")


def _check_own(mailbox: Mailbox, list_id: str) -> None:
    """The lists that every mailbox has can neither be renamed nor deleted."""
    known = {row["id"]: row["wellknownListName"] for row in mailbox.every_list()}
    if known.get(list_id, "none") != "none":
        raise Refusal(400, "invalidRequest", "A well-known list cannot be renamed or deleted.")


def _only_get(asked: Asked) -> None:
    if asked.method != "GET":
        raise not_allowed()
