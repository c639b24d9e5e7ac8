"""Which rows a source itself makes unusable, whatever they are for, and the times that it tells.

Asked of an entity's own rows, and of those that others read beside: what is refused as the one counts as nothing for
the other. What a field of the CRM cannot take is asked in `normalise`.
"""

from __future__ import annotations

from collections.abc import Collection

from pipelines.declaring.source import AnySource
from pipelines.sql import given, literals

AHEAD = "interval 1 day"
"""How far a time may lie in the future: zones are confused, but what is later would outlast every correction."""

DATE_LIKE = "regexp_matches({text}, '^\\d{{4}}-\\d{{2}}-\\d{{2}}($|[T ]\\d{{2}})')"

Test = tuple[str, str, str]
"""SQL of a tidied row `t`, the reason, the column at fault."""


def moment_sql(text: str) -> str:
    """A point in time, UTC without a zone, whole seconds as the CRM keeps them; what has no offset is UTC."""
    whole = f"regexp_replace({text}, '^(\\S{{10}}[T ]\\d{{2}}:\\d{{2}})($|[Zz+-])', '\\1:00\\2')"
    cast = f"try_cast(case when {DATE_LIKE.format(text=text)} then {whole} end as timestamptz)"
    return f"date_trunc('second', cast({cast} as timestamp))"


def tests_of_source(source: AnySource) -> list[Test]:
    """In the order in which a row is blamed.

    The row `t` has, besides its columns, `same_key`, how many rows have its key but for case, and `known_key`, how the
    row was spelled that is known by it; for `forgiving` also `is_over`.
    """
    key = f"t.{given(source.key)}"
    tests = [(f"{key} is null", "blank_key", source.key), ("t.same_key > 1", "duplicate_key", source.key)]
    # only changes are told: the row that is spelled as before may well be there still
    tests.append((f"t.known_key <> {key}", "duplicate_key", source.key))
    tests.append((f"contains({key}, chr(0))", "invalid_character", source.key))
    tests += [(f"t.{given(column)} is null", "required_blank", column) for column in source.required]
    tests += [
        (f"lower(t.{given(column)}) not in {literals(word.lower() for word in words)}", "unknown_word", column)
        for column, words in source.vocabulary.items()
    ]
    for column in dict.fromkeys((source.changed_at, *source.happened)):
        if column:
            text = f"t.{given(column)}"
            tests.append((f"{text} is not null and {moment_sql(text)} is null", "invalid_date", column))
            tests.append((f"{moment_sql(text)} > getvariable('now') + {AHEAD}", "time_in_future", column))
    return tests


def forgiving(tests: list[Test], judged: Collection[str]) -> list[Test]:
    """Of a row with `is_over`, nothing counts but these columns: an end is no less one for what else it says."""
    return [(test if at in judged else f"not t.is_over and ({test})", why, at) for test, why, at in tests]


def problem_sql(tests: list[Test]) -> str:
    """The first of the tests that holds, as {problem, guilty}; null where none does."""
    told = "\n      ".join(f"when {test} then {{'problem': '{why}', 'guilty': '{at}'}}" for test, why, at in tests)
    return f"case\n      {told}\n    end"
