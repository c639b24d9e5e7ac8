"""dlt, and how whole Parquet files become the tables `landing.rows` and `landing.rejects` of an entity's file.

The files are handed to dlt as they are (its file import): no row passes through Python. Each landing starts from
nothing: no package of an earlier run is pending, no column of an earlier declaration lingers.
"""

from __future__ import annotations

import errno
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import dlt
import duckdb
from dlt.common.configuration.container import Container
from dlt.common.configuration.providers import ConfigProvider, DictionaryProvider
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from dlt.common.runtime.run_context import RunContext
from dlt.common.runtime.telemetry import stop_telemetry
from dlt.common.schema.typing import TColumnSchema

from pipelines.ports.world import SystemicError
from resources.warehouse import owner_only

DATASET = "landing"

ColumnType = Literal["text", "bigint"]

_SETTINGS = {
    "runtime": {"dlthub_telemetry": False, "log_level": "CRITICAL"},
    "load": {"workers": 1, "delete_completed_jobs": True, "raise_on_max_retries": 1},
    "restore_from_destination": False,
}
_ONE_AT_A_TIME = threading.Lock()  # dlt's run context is one a process
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Staged:
    """Parquet files that together are one table, the types of its columns, and how many rows they hold."""

    files: Sequence[Path]
    columns: Mapping[str, ColumnType]
    rows: int


def land(tables: Mapping[str, Staged], file: Path, dlt_home: Path) -> str:
    """The tables are in the dataset `landing` of the DuckDB file, whole and counted; gives dlt's load id.

    Raises SystemicError otherwise; then `landing` may be gone, and all else in the file is as it was.
    """
    if set("'*?[") & set(str(dlt_home.absolute())):
        raise SystemicError("home_path", f"{dlt_home}: a path with one of ' * ? [ in it cannot be used; choose another")
    with _ONE_AT_A_TIME, owner_only(), disk_full_is_systemic(file.parent):
        _use_our_context(dlt_home)
        try:
            connection = duckdb.connect(str(file))
        except duckdb.IOException as error:
            raise _not_opened(file, error) from error
        with closing(connection):
            connection.execute("set enable_progress_bar = false")  # it would be printed on stdout
            # analysing whether FSST fits costs half of the load; dictionaries win on such columns, or nearly
            connection.execute("set global disabled_compression_methods = 'dictionary'")
            connection.execute("set global preserve_insertion_order = false")
            connection.execute(f"drop schema if exists {DATASET} cascade")
            connection.execute("checkpoint")  # so that the new tables take the place of the old
            load_id = _run(tables, connection, file.stem, dlt_home)
            _assert_whole(tables, connection, load_id)
    return load_id


@contextmanager
def disk_full_is_systemic(where: Path) -> Iterator[None]:
    """An error within whose cause is a full disk leaves as SystemicError `disk_full`."""
    try:
        yield
    except (OSError, duckdb.Error, dlt.common.exceptions.DltException) as error:
        if _is_disk_full(error):
            free = shutil.disk_usage(where).free // 1_000_000
            raise SystemicError(
                "disk_full",
                f"no room to write in {where} ({free} MB free); nothing was landed: make room and run again",
            ) from error
        raise


def _is_disk_full(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _FULL:
            return True
        text = str(seen)
        if "No space left on device" in text or "File too large" in text:
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _not_opened(file: Path, error: duckdb.IOException) -> SystemicError:
    if "lock" in str(error):
        return SystemicError("file_locked", f"another process has {file} open; wait until it is done, or end it")
    return SystemicError("file_unusable", f"{file} cannot be opened as a DuckDB file")


def _run(tables: Mapping[str, Staged], connection: duckdb.DuckDBPyConnection, entity: str, dlt_home: Path) -> str:
    shutil.rmtree(dlt_home / entity, ignore_errors=True)
    pipeline = dlt.pipeline(
        pipeline_name=entity,
        pipelines_dir=str(dlt_home.absolute()),
        destination=dlt.destinations.duckdb(connection, naming_convention="direct"),
        dataset_name=DATASET,
    )
    info = pipeline.run([_resource(name, staged) for name, staged in tables.items()], schema=_schema(entity))
    return str(info.loads_ids[0])


def _schema(entity: str) -> dlt.Schema:
    return dlt.Schema(
        entity, normalizers={"names": "direct", "json": {"module": "dlt.common.normalizers.json.relational"}}
    )


def _resource(name: str, staged: Staged) -> object:
    def files() -> Iterator[object]:
        for path in staged.files:
            yield dlt.mark.with_file_import(str(path), "parquet")

    columns: dict[str, TColumnSchema] = {name: {"data_type": kind} for name, kind in staged.columns.items()}
    return dlt.resource(files, name=name, write_disposition="replace", columns=columns)


def _assert_whole(tables: Mapping[str, Staged], connection: duckdb.DuckDBPyConnection, load_id: str) -> None:
    done = connection.execute(f"select status from {DATASET}._dlt_loads where load_id = ?", [load_id]).fetchall()
    if done != [(0,)]:
        raise SystemicError("landing_incomplete", f"dlt did not record the load {load_id} as complete; run again")
    for name, staged in tables.items():
        counted = connection.execute(f'select count(*) from {DATASET}."{name}"').fetchall()
        if counted != [(staged.rows,)]:
            text = f"{staged.rows} rows were read for landing.{name}, {counted[0][0]} arrived; run again"
            raise SystemicError("landing_incomplete", text)


class _OurContext(RunContext):
    """dlt with our settings alone: no environment, no `.dlt` folder of the working directory or the home."""

    @property
    def global_dir(self) -> str:
        return self.run_dir

    @property
    def run_dir(self) -> str:
        return self._init_run_dir

    def initial_providers(self) -> list[ConfigProvider]:
        provider = DictionaryProvider()
        for section, values in _SETTINGS.items():
            provider.set_value(section, values, None)
        return [provider]


def _use_our_context(dlt_home: Path) -> None:
    """Stays so for the process. The defaults, once in place, start dlt's telemetry: ours come first, or stop it."""
    container, ours = Container(), _OurContext(str(dlt_home.absolute()))
    if PluggableRunContext not in container:
        container[PluggableRunContext] = PluggableRunContext(ours)
    elif container[PluggableRunContext].context.uri != ours.uri:
        stop_telemetry()
        container[PluggableRunContext].reload(ours)
