"""An untidy org and the directory that knows better, made from a seed: for the demo, for tests and for measuring.

All people and institutions are invented. `cases.py` lists what is planted and what a first sync makes of it;
`institutions.py` and `people.py` make it; nothing here knows an org or a pipeline.
"""

from resources.demo.making import Demo, make_demo

__all__ = ["Demo", "make_demo"]
