"""SOQL: from the text of a statement to SQL for the store, through a parser of its own with the catalogue behind it.

`lexer` → `cursor`, `literals`, `conditions`, `parser` → a tree (`syntax`) → `scope`, `operands`, `values`,
`predicates`, `selection`, `emit` → a `plan`. Nothing here opens a connection or answers a call.
"""
