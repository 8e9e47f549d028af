"""The tokens a FEEL parser stands on, and the types that `instance of` and parameters name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.feel import limits
from engine.feel.builtin_names import BUILTIN_NAMES
from engine.feel.errors import FeelSyntaxError
from engine.feel.scanner import KEYWORDS, KnownNames, Scanner, Token, join_surrogates, unescape
from engine.feel.types import ANY, TYPES_BY_NAME, ContextType, FunctionType, ListType, RangeType, Type

_BUILTINS = KnownNames(BUILTIN_NAMES)
_BUILTINS_AND_PROPERTIES = _BUILTINS.and_also(("time offset", "start included", "end included"))
_TYPE_NAMES = KnownNames(TYPES_BY_NAME)


class TypeParser:
    """Reads tokens, names and types of one text; what all expressions are read with."""

    def __init__(self, text: str, names: Iterable[str], types: Mapping[str, Type]) -> None:
        if len(text) > limits.MAX_TEXT:
            raise FeelSyntaxError(f"more than {limits.MAX_TEXT:,} characters", limits.MAX_TEXT, len(text))
        self.scanner = Scanner(text)
        known = tuple(names)
        self.scope = _BUILTINS.and_also(known)
        self.anywhere = _BUILTINS_AND_PROPERTIES.and_also(known)
        self.types = {**TYPES_BY_NAME, **types}
        self.type_names = _TYPE_NAMES.and_also(types)
        self.nesting = 0
        self.open_filters = 0
        self.open_ranges = 0

    # --- tokens

    def at(self, *texts: str) -> bool:
        """Whether one of these symbols or words is next."""
        token = self.scanner.token
        return token.text in texts and token.kind in ("symbol", "word")

    def accept(self, text: str) -> bool:
        """Take the symbol or word if it is next."""
        if self.at(text):
            self.scanner.advance()
            return True
        return False

    def expect(self, *texts: str) -> Token:
        """Take one of these symbols or words; anything else is a syntax error."""
        if not self.at(*texts):
            raise self.unexpected(" or ".join(f"'{text}'" for text in texts))
        return self.scanner.advance()

    def unexpected(self, expected: str) -> FeelSyntaxError:
        """The error that something else than `expected` is next."""
        token = self.scanner.token
        return FeelSyntaxError(f"expected {expected}, found {token}", token.start, token.end)

    def declare(self, name: str) -> None:
        """Make a name known to what follows."""
        self.scope.add(name)
        self.anywhere.add(name)

    def words(self) -> str:
        """Take the words that stand next to each other: the name of something that is not known here."""
        if self.scanner.token.kind != "word":
            raise self.unexpected("a name")
        taken = [self.scanner.advance().text]
        while self.scanner.token.kind in ("word", "number") and self.scanner.token.text not in KEYWORDS:
            if self.scanner.token.kind == "number" and not self.scanner.token.text.isdecimal():
                break
            taken.append(self.scanner.advance().text)
        return " ".join(taken)

    def entry_key(self) -> tuple[str, int]:
        """An entry's name and the colon behind it: the name and its offset."""
        token = self.scanner.token
        if token.kind == "string":
            self.scanner.advance()
            self.expect(":")
            return join_surrogates(unescape(token)), token.start
        key = self.scanner.key()
        if key is None:
            raise self.unexpected("the name of an entry and ':'")
        return key[0], key[1]

    def type(self) -> Type | None:
        """The name of a type with its parameters; None where nobody knows the name."""
        self.nesting += 1
        if self.nesting > limits.MAX_NESTING:
            token = self.scanner.token
            raise FeelSyntaxError(f"more than {limits.MAX_NESTING} levels of nesting", token.start, token.end)
        name = self.type_name()
        kind = self.types.get(name)
        if self.at("<") and name in ("list", "range", "context", "function"):
            self.scanner.advance()
            kind = self.type_of_parts(name)
        self.nesting -= 1
        return kind

    def type_name(self) -> str:
        """The name of a type, with spaces, dots or neither."""
        token = self.scanner.token
        found = self.type_names.longest(token.text, self.scanner.text, token.start)
        if found:
            self.scanner.previous_end = found[1]
            self.scanner.go_to(found[1])
            return found[0]
        if token.text == "function":
            return self.scanner.advance().text
        name = self.words()
        while self.accept("."):
            name += "." + self.words()
        return name

    def type_of_parts(self, name: str) -> Type | None:
        """What stands between `<` and `>` after `name`, and a function's result."""
        if name == "context":
            return self.context_type()
        parts: list[Type | None] = []
        more = not self.at(">")
        while more:
            parts.append(self.type())
            more = self.accept(",")
        self.expect(">")
        result: Type | None = ANY
        if name == "function" and self.accept("->"):
            result = self.type()
        known = [part for part in parts if part is not None]
        if len(known) != len(parts) or result is None:
            return None
        if name == "function":
            return FunctionType(tuple(known), result)
        if len(known) != 1:
            raise self.unexpected(f"one type in {name}<...>")
        return ListType(known[0]) if name == "list" else RangeType(known[0])

    def context_type(self) -> Type | None:
        """The entries between `<` and `>` of a context type."""
        fields: dict[str, Type | None] = {}
        more = not self.at(">")
        while more:
            key, _ = self.entry_key()
            fields[key] = self.type()
            more = self.accept(",")
        self.expect(">")
        known = {name: kind for name, kind in fields.items() if kind is not None}
        return ContextType(known) if len(known) == len(fields) else None
