"""The thinking: declarations, rules, links, plans, gates and the ledger, in plain Python and SQL text."""
