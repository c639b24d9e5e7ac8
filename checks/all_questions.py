"""Every question there is. What each asks is in the file of its name; that of the gates is asked by the run itself."""

from checks import (
    duplicate_keys,
    duplicate_people,
    expectations,
    freshness,
    missing_institutions,
    orphans,
    references,
    rejected_rows,
    restless,
)
from checks.question import Question

QUESTIONS: tuple[Question, ...] = (
    missing_institutions.QUESTION,
    references.QUESTION,
    orphans.QUESTION,
    duplicate_keys.QUESTION,
    duplicate_people.QUESTION,
    rejected_rows.QUESTION,
    restless.QUESTION,
    freshness.QUESTION,
    expectations.QUESTION,
)
