"""A plan, what it costs, and how it goes to the org: every batch in the ledger before it is sent."""
