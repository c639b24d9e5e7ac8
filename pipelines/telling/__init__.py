"""What came of a run: outcomes, the report, what is remembered, and what is news."""
