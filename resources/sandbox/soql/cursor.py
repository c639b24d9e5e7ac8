"""A place in the tokens of a statement, and the few moves a recursive-descent parser makes from there."""

from __future__ import annotations

from resources.sandbox.errors import ApiError
from resources.sandbox.soql import problems
from resources.sandbox.soql.lexer import Token, tokens
from resources.sandbox.soql.syntax import Path


class Cursor:
    def __init__(self, statement: str) -> None:
        self.statement = statement
        self._tokens = tokens(statement)
        self._next = 0

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
        if self.token.kind != "number" or not self.token.text.isdigit():
            raise self.unexpected()
        return int(self.take().text)

    def unexpected(self, token: Token | None = None) -> ApiError:
        token = token or self.token
        return problems.unexpected(self.statement, token.at, token.text)
