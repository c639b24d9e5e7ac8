"""Outlook as a source that is read and written back to: `mailboxes` is what others use.

What a collection's rows have is in `pipelines/declaring/outlook.py`; how Graph is spoken to, in `resources/graph/`.
"""
