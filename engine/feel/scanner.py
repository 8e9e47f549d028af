"""Reading FEEL text piece by piece: white space and comments, numbers, strings, words, and names of several words."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.feel.errors import FeelSyntaxError

NAME_START = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
NAME_PART = NAME_START + "0-9\u00b7\u0300-\u036f\u203f\u2040"
SPACE = "\\s\u180e\u200b\ufeff"

_BLANK = re.compile(rf"(?:[{SPACE}]++|//[^\n]*+|/\*(?s:.*?)\*/)++")
_TOKEN = re.compile(
    r"(?P<number>(?:\d++(?:\.\d++)?|\.\d++)(?:[eE][+-]?\d++)?)"
    r'|(?P<string>"(?:[^"\\]|\\.)*+")'
    rf"|(?P<word>\?|[{NAME_START}][{NAME_PART}]*+)"
    r"|(?P<symbol>\.\.|\*\*|<=|>=|!=|->|[-+*/=<>(){}\[\],.:@;])",
    re.DOTALL,
)
_PIECE = re.compile(rf"[{NAME_START}?][{NAME_PART}?]*|\d+|[^\s]")
_KEY = re.compile(
    rf"(?P<key>[{NAME_START}?](?:[{NAME_PART}?]|[./'+*-](?!\.)|[{SPACE}](?=[{SPACE}]*+[{NAME_PART}?./'+*-]))*+)"
    rf"[{SPACE}]*+:"
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}

_OPERATOR_WORDS = ("and", "or", "in", "between", "instance")
_CLAUSE_WORDS = ("if", "then", "else", "for", "return", "some", "every", "satisfies", "function")
KEYWORDS = frozenset((*_OPERATOR_WORDS, *_CLAUSE_WORDS, "true", "false", "null"))


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text: `kind` is number, string, word, symbol or end."""

    kind: str
    text: str
    start: int
    end: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"'{self.text if len(self.text) <= 40 else self.text[:37] + '...'}'"


@functools.lru_cache(maxsize=4096)
def _pattern(name: str) -> tuple[str, re.Pattern[str]] | None:
    """First word of a name that one word cannot hold, and what finds the whole; None for an ordinary name."""
    pieces: list[str] = _PIECE.findall(name)
    if len(pieces) < 2 or not _is_word(pieces[0]):
        return None
    source = re.escape(pieces[0])
    for before, piece in itertools.pairwise(pieces):
        both_words = _is_word(before) and _is_word(piece)
        source += (rf"[{SPACE}]++" if both_words else rf"[{SPACE}]*+") + re.escape(piece)
    if _is_word(pieces[-1]):
        source += f"(?![{NAME_PART}])"
    return pieces[0], re.compile(source)


def _is_word(piece: str) -> bool:
    return re.match(f"[{NAME_PART}?]", piece) is not None


_Known = tuple[re.Pattern[str], str]
"""What finds a name, and the name."""


class KnownNames:
    """Names of several words or with operators in them, found by longest match; names can come and go with scopes."""

    __slots__ = ("_added", "_by_first")

    def __init__(self, names: Iterable[str] = (), by_first: dict[str, list[_Known]] | None = None) -> None:
        self._by_first: dict[str, list[_Known]] = {} if by_first is None else by_first
        self._added: list[str] = []
        for name in names:
            self.add(name)
        self._added.clear()

    def add(self, name: str) -> None:
        """Make a name known from here on."""
        found = _pattern(name)
        if found:
            self._by_first.setdefault(found[0], []).append((found[1], name))
            self._added.append(found[0])

    def and_also(self, names: Iterable[str]) -> KnownNames:
        """These names and others."""
        return KnownNames(names, {first: [*found] for first, found in self._by_first.items()})

    def mark(self) -> int:
        """The place to go back to with `reset`."""
        return len(self._added)

    def reset(self, mark: int) -> None:
        """Forget the names added since `mark`."""
        while len(self._added) > mark:
            self._by_first[self._added.pop()].pop()

    def longest(self, first: str, text: str, position: int) -> tuple[str, int] | None:
        """The longest known name that starts at `position` with the word `first`, and where it ends."""
        best: tuple[str, int] | None = None
        for pattern, name in self._by_first.get(first, ()):
            match = pattern.match(text, position)
            if match and (best is None or match.end() > best[1]):
                best = (name, match.end())
        return best


class Scanner:
    """A position in a text, and the token that stands there."""

    __slots__ = ("position", "previous_end", "text", "token")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.previous_end = 0
        self.token = Token("end", "", 0, 0)
        self.go_to(0)

    def go_to(self, position: int) -> None:
        """Read the token at or after `position`."""
        blank = _BLANK.match(self.text, position)
        start = blank.end() if blank else position
        self.position = start
        if start >= len(self.text):
            self.token = Token("end", "", len(self.text), len(self.text))
            return
        match = _TOKEN.match(self.text, start)
        if match is None:
            raise self._unreadable(start)
        self.token = Token(str(match.lastgroup), match.group(), start, match.end())

    def _unreadable(self, start: int) -> FeelSyntaxError:
        if self.text.startswith('"', start):
            return FeelSyntaxError("a string without its closing quotation mark", start, len(self.text))
        if self.text.startswith("/*", start):
            return FeelSyntaxError("a comment without its closing */", start, len(self.text))
        return FeelSyntaxError(f"unexpected character {self.text[start]!r}", start, start + 1)

    def advance(self) -> Token:
        """Take the token and read the next."""
        taken = self.token
        self.previous_end = taken.end
        self.go_to(taken.end)
        return taken

    def key(self) -> tuple[str, int, int] | None:
        """Where a name and a colon stand here, take both: the name and its offsets."""
        match = _KEY.match(self.text, self.position)
        if match is None:
            return None
        self.previous_end = match.end()
        name = " ".join(match["key"].split())
        start, end = match.span("key")
        self.go_to(match.end())
        return name, start, end


def unescape(token: Token) -> str:
    """The value of a string token. An escape that FEEL does not have keeps its backslash, as in patterns."""
    return _ESCAPE.sub(_escape, token.text[1:-1])


def _escape(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "uU" and len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number <= 0x10FFFF else match[0]
    return _ESCAPED.get(code, match[0])


def join_surrogates(text: str) -> str:
    """Pairs of surrogates, which write a character beyond the basic plane as two escapes, made one character."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
