"""Whether a style sheet gives anything in a body a look of its own.

No style sheet is understood here: what may choose something that is there, and may be seen, does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_COMMENT = re.compile(r"/\*.*?(?:\*/|$)|<!--|-->", re.DOTALL)
_NAME = re.compile(r"[.#]?[\w-]+")
_ASIDE = re.compile(r"\[[^\[\]]*\]|::?[\w-]+(?:\([^()]*\))?")
_JOINTS = re.compile(r"[\s>+~]+")
_OF_NO_ELEMENT = ("@font-face", "@page", "@namespace", "@charset")
_UNSEEN = re.compile(r"(?:margin|padding|mso-|page$|-ms-text-size-adjust|-webkit-text-size-adjust)")


def dresses(css: str, names: Collection[str]) -> bool:
    """True if some rule may choose an element of these names (tags, `.class`, `#id`) and says how it looks."""
    if "@import" in css.lower():
        return True
    return any(_may_choose(chosen, names) and _is_seen(said) for chosen, said in _rules(_COMMENT.sub(" ", css.lower())))


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations; those within @media and the like as all others."""
    for part in css.split("}"):
        before, opened, said = part.rpartition("{")
        chosen = re.split(r"[{;]", before)[-1].strip()
        if opened and not chosen.startswith(_OF_NO_ELEMENT):
            yield chosen, said


def _may_choose(chosen: str, names: Collection[str]) -> bool:
    """What stands last in a selector, such as `p.note`, is what it is about."""
    plain = _ASIDE.sub("", chosen)
    if any(sign in plain for sign in "\\([:"):
        return True
    subjects = (_JOINTS.split(each.strip())[-1] for each in plain.split(","))
    return any(all(name in names for name in _NAME.findall(subject)) for subject in subjects)


def _is_seen(said: str) -> bool:
    properties = (each.partition(":")[0].strip() for each in said.split(";") if ":" in each)
    return any(not _UNSEEN.match(name) for name in properties)
