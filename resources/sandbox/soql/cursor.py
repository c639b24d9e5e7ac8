"""A place in the tokens of a statement, and the few moves a recursive-descent parser makes from there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from resources.sandbox.errors import ApiError
from resources.sandbox.soql import problems
from resources.sandbox.soql.lexer import Token, tokens
from resources.sandbox.soql.syntax import Path

_LONGEST_NUMBER = 9
_DEEPEST = 60


class Cursor:
    def __init__(self, statement: str) -> None:
        self.statement = statement
        self._tokens = tokens(statement)
        self._next = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._next]

    def ahead(self, distance: int = 1) -> Token:
        return self._tokens[min(self._next + distance, len(self._tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        if token.kind != "end":
            self._next += 1
        return token

    def at_words(self, *words: str) -> bool:
        return all(self.ahead(index).word == word for index, word in enumerate(words))

    def accept(self, *words: str) -> bool:
        """True, and past them, if exactly these words or symbols come next."""
        if not self.at_words(*words):
            return False
        self._next += len(words)
        return True

    def expect(self, word: str) -> Token:
        if self.token.word != word:
            raise self.unexpected()
        return self.take()

    def name(self) -> Token:
        if self.token.kind not in ("name", "currency"):
            raise self.unexpected()
        return self.take()

    def path(self) -> Path:
        first = self.name()
        names = [first.text]
        while self.accept("."):
            names.append(self.name().text)
        return Path(tuple(names), first.at)

    def whole_number(self) -> int:
        text = self.token.text
        if self.token.kind != "number" or not text.isdigit():
            raise self.unexpected()
        if len(text) > _LONGEST_NUMBER:
            raise problems.outside_range(f"{text[:_LONGEST_NUMBER]}… is too large a number")
        self.take()
        return int(text)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level of nesting; more than a parser on a stack can bear is refused."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise problems.malformed(self.statement, self.token.at, "the condition is nested too deeply")
        yield
        self._depth -= 1

    def unexpected(self, token: Token | None = None) -> ApiError:
        token = token or self.token
        return problems.unexpected(self.statement, token.at, token.text)
