"""The org: one state directory with its store, catalogue, people, permissions and sessions.

HTTP does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from . import catalogue as objects
from . import people, shipped_record_types
from .declared import Declared
from .errors import invalid_session
from .faults import Faults
from .files import write_private
from .identity import Identity
from .limits import DAILY_BATCHES, DAILY_CALLS, DAILY_QUERY_JOBS, Usage, batches_spent, calls_spent, query_jobs_spent
from .locks import Locks
from .moments import as_stored
from .permissions import Permissions, User
from .recycle_bin import purge
from .removal import BIN_SQL
from .schema import Catalogue
from .schema_changes import SchemaChanges
from .seeding import Seeder
from .sessions import Sessions
from .snapshots import Snapshots
from .state_lock import lock_state
from .store import Store

Clock = Callable[[], datetime]
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2400, 1, 1, tzinfo=UTC)
"""What the org's clock can show: moments that files and tokens can be stamped with."""


def system_clock() -> datetime:
    return datetime.now(UTC)


class Org:
    """An org on disk, of which only one may be open at a time; `close` it when done, or use it in a `with`."""

    def __init__(
        self,
        state: Path,
        *,
        catalogue: Catalogue | None = None,
        clock: Clock = system_clock,
        daily_limit: int = DAILY_CALLS,
    ) -> None:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.state = state
        self._lock = lock_state(state)
        self._clock = clock
        self._ahead = timedelta(seconds=read_seconds(state / "clock.json"))
        self._next_purge = datetime.min.replace(tzinfo=UTC)
        self._shipped = catalogue or objects.shipped()
        self.catalogue = SchemaChanges.read(state / "schema.json").applied(self._shipped)
        self.declared = Declared.read(state / "declared.json", self.catalogue)
        self.identity = Identity.of(state / "org.json")
        self.store = Store(state / "org.db", self.catalogue)
        self.permissions = Permissions(state / "permissions.json", self.catalogue)
        self.sessions = Sessions(self.identity, state / "session_generation", self.time)
        self.usage = Usage(state / "usage.json", daily_limit, self.time, calls_spent)
        self.batches = Usage(state / "batches.json", DAILY_BATCHES, self.time, batches_spent)
        self.query_jobs = Usage(state / "query_jobs.json", DAILY_QUERY_JOBS, self.time, query_jobs_spent)
        self.locks = Locks()
        self.faults = Faults()
        with self.store.write() as db:
            db.execute(BIN_SQL)
        people.settle(self._seeder(None), self.catalogue, self.identity.org_id)
        shipped_record_types.settle(self)
        self.snapshots = Snapshots(self)
        self._endings: list[Callable[[], None]] = []

    def __enter__(self) -> Org:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def time(self) -> datetime:
        """The org's time, in UTC."""
        return self._clock() + self._ahead

    def now(self) -> str:
        """The org's time as the store keeps it."""
        return as_stored(self.time())

    def advance(self, seconds: float) -> None:
        """The org's clock is that much further on; ValueError if that is beyond the moments that it can tell."""
        if not EARLIEST.timestamp() <= self.time().timestamp() + seconds < LATEST.timestamp():
            raise ValueError(f"the org's clock goes from {EARLIEST:%Y} to {LATEST:%Y}; it is {self.now()} now")
        self._ahead += timedelta(seconds=seconds)
        write_private(self.state / "clock.json", orjson.dumps(self._ahead.total_seconds()))

    def change_schema(self, change: Callable[[SchemaChanges], None]) -> None:
        """The objects and fields are as the change leaves them, from the next call on; ValueError if none can be so."""
        changes = SchemaChanges.read(self.state / "schema.json")
        change(changes)
        catalogue = changes.applied(self._shipped)
        changes.save(self.state / "schema.json")
        self._use(catalogue)

    def declare(self, declared: Declared) -> None:
        """These rules and record types are in force from the next call on."""
        declared.save(self.state / "declared.json")
        self.declared = declared

    def save(self) -> None:
        """What is kept in memory only is on disk."""
        for usage in (self.usage, self.batches, self.query_jobs):
            usage.save()

    def reload(self) -> None:
        """What is in memory is what the state directory says, which somebody has changed."""
        self._ahead = timedelta(seconds=read_seconds(self.state / "clock.json"))
        for usage in (self.usage, self.batches, self.query_jobs):
            usage.reload()
        self._use(SchemaChanges.read(self.state / "schema.json").applied(self._shipped))
        self.declared = Declared.read(self.state / "declared.json", self.catalogue)

    def _use(self, catalogue: Catalogue) -> None:
        self.store.hold(catalogue)
        self.permissions.reload(catalogue)
        self.catalogue = catalogue

    def keep_house(self) -> None:
        """What has been in the recycle bin for too long is gone; looked at once an hour of the org's time."""
        now = self.time()
        if now >= self._next_purge:
            self._next_purge = now + timedelta(hours=1)
            purge(self)

    def user(self, token: str) -> User:
        """The user whose session that is; INVALID_SESSION_ID if it is nobody's."""
        user = self.user_with_id(self.sessions.user_id(token))
        if user is None:
            raise invalid_session()
        return user

    def user_with_id(self, user_id: str) -> User | None:
        """The active user with that id."""
        return self._user("Id", user_id)

    def user_named(self, username: str) -> User | None:
        """The active user of that name."""
        return self._user("Username", username)

    def profiles(self) -> list[str]:
        """The names of all profiles."""
        with self.store.read() as db:
            return [str(row[0]) for row in db.execute('select "Name" from "Profile" order by rowid')]

    def trust(self, public_key: str) -> None:
        """Assertions signed with the private half of that key (PEM) are accepted from now on."""
        self.identity = self.identity.trusting(public_key)
        self.identity.save(self.state / "org.json")

    def seed(self, sobject: str, rows: Sequence[Mapping[str, object]]) -> list[str]:
        """The rows are records, unchecked; their ids in the order of the rows. See `Seeder.seed`."""
        owner = self.user_named(people.ADMINISTRATOR)
        return self._seeder(owner.id if owner else None).seed(sobject, rows)

    def on_close(self, action: Callable[[], None]) -> None:
        """The action runs first thing when the org closes: what works in the background stops there."""
        self._endings.append(action)

    def close(self) -> None:
        """The state directory is free for others."""
        for action in self._endings:
            action()
        self.save()
        self.store.close()
        self._lock.close()

    def _seeder(self, owner_id: str | None) -> Seeder:
        return Seeder(self.store, self.catalogue, self.identity.pod, self.now(), owner_id)

    def _user(self, field: str, value: str) -> User | None:
        sql = (
            'select u."Id", u."Username", p."Name", u."TimeZoneSidKey" '
            'from "User" u join "Profile" p on p."Id" = u."ProfileId" '
            f'where u."{field}" = ? and u."IsActive" = 1'
        )
        with self.store.read() as db:
            row = db.execute(sql, (value,)).fetchone()
        return None if row is None else User(row[0], row[1], row[2], self.permissions.denied(row[2]), row[3] or "GMT")


def read_seconds(path: Path) -> float:
    """How far the org's clock is ahead, as that file says it."""
    return float(orjson.loads(path.read_bytes())) if path.exists() else 0.0
