"""Verdicts of `work.link` that several steps give."""

UNSURE = "held: ambiguous_match"
"""Several records or rows could be meant, and nobody guesses."""

OF_SEVERAL = "held: shared_record"
"""People merged the records of several rows into this one, and only its key will say whose it is."""
