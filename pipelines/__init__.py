"""The thinking: declarations, rules, links, plans, gates and the ledger, in plain Python and SQL text.

A run (`sync`) reads both sides (`reading`), finds which record each row has (`linking`), holds them against what is
declared (`declaring`, `reconciling`, `both_sides`), sends the plan (`loading`) and tells what came of it (`telling`).
"""
