r"""Regular expressions of XPath and XQuery Functions, made into those of the `regex` package.

The two differ in what `.`, `^`, `$`, `\s`, `\w`, `\i` and `\c` mean, in class subtraction, block names and
back-references, and XPath knows none of the other's extensions: what is no XPath pattern is refused, not guessed.
"""

from __future__ import annotations

import functools
import time

import regex

from engine.feel import limits
from engine.feel.errors import FeelError
from engine.feel.scanner import NAME_PART, NAME_START

_LONGEST = 2_000
_MOST_REPEATS = 10_000
_LARGEST = 20_000  # what a pattern comes to with its counts multiplied out
_BLANKS = " \t\n\r"
_SINGLE_ESCAPES = frozenset("\\|.?*+(){}-[]^$")
_CONTROL_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_CLASSES = {
    "s": r" \t\n\r",
    "d": r"\p{Nd}",
    "w": r"\p{L}\p{M}\p{N}\p{S}",
    "i": NAME_START.replace("A-Za-z_", "A-Za-z_:"),
    "c": NAME_PART.replace("A-Za-z_", r"A-Za-z_:.\-"),
}


class _Translator:
    """Translates one pattern, from left to right."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = _without_blanks(pattern) if "x" in flags else pattern
        self.flags = flags
        self.position = 0
        self.groups = 0
        self.open_groups: list[int] = []
        self.sizes = [0]
        """Atoms of the pattern and of each open group so far, counts multiplied out."""

    def refuse(self, reason: str) -> FeelError:
        return FeelError(f"the pattern {self.pattern[:60]!r} is wrong at {self.position + 1}: {reason}")

    def peek(self) -> str:
        return self.pattern[self.position : self.position + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise self.refuse("it ends too early")
        self.position += 1
        return char

    def translate(self) -> str:
        """The whole pattern."""
        out: list[str] = []
        while self.position < len(self.pattern):
            char = self.take()
            if char == "|":
                out.append("|")
                continue
            piece = self.atom(char)
            out.append(piece)
            if piece in ("(", "(?:"):
                self.sizes.append(1)
                continue
            size = self.sizes.pop() if piece == ")" else 1
            repeats, quantifier = self.quantifier()
            out.append(quantifier)
            self.sizes[-1] += size * repeats
            if self.sizes[-1] > _LARGEST:
                raise self.refuse("its counts multiply to too much")
        if self.open_groups:
            raise self.refuse("a parenthesis is not closed")
        return "".join(out)

    def atom(self, char: str) -> str:
        match char:
            case "(":
                return self.open_group()
            case ")":
                if not self.open_groups:
                    raise self.refuse("a parenthesis closes that was not opened")
                self.open_groups.pop()
                return ")"
            case ".":
                return "(?s:.)" if "s" in self.flags else r"[^\n\r]"
            case "^":
                return r"(?:\A|(?<=\n)(?!\Z))" if "m" in self.flags else r"\A"
            case "$":
                return r"(?=\n|\Z)" if "m" in self.flags else r"\Z"
            case "[":
                return self.char_class()
            case "\\":
                return self.escape()
        if char in "?*+{}]":
            raise self.refuse(f"{char!r} stands there without a meaning")
        return regex.escape(char, literal_spaces=False)

    def open_group(self) -> str:
        if self.pattern.startswith("?:", self.position):
            self.position += 2
            self.open_groups.append(0)
            return "(?:"
        if self.peek() == "?":
            raise self.refuse("only (?: may follow a parenthesis")
        self.groups += 1
        self.open_groups.append(self.groups)
        return "("

    def quantifier(self) -> tuple[int, str]:
        """How often an atom must repeat at most as a count says it, and the quantifier, empty where there is none."""
        repeats = 1
        char = self.peek()
        if char == "{":
            close = self.pattern.find("}", self.position)
            counts = self.pattern[self.position + 1 : close].split(",")
            if close < 0 or len(counts) > 2 or not counts[0].isdecimal() or (not counts[-1].isdecimal() and counts[-1]):
                raise self.refuse("a count is {2}, {2,} or {2,5}")
            if any(len(count) > 5 or int(count or 0) > _MOST_REPEATS for count in counts):
                raise self.refuse(f"a count of more than {_MOST_REPEATS:,}")
            if len(counts) == 2 and counts[1] and int(counts[1]) < int(counts[0]):
                raise self.refuse("a count goes from the smaller to the larger")
            repeats = max(int(count or 1) for count in counts)
            piece = self.pattern[self.position : close + 1]
            self.position = close + 1
        elif char and char in "?*+":
            piece = self.take()
        else:
            return 1, ""
        if self.peek() == "?":
            piece += self.take()
        return repeats, piece

    def escape(self) -> str:
        """What follows a backslash outside a class."""
        char = self.take()
        if char.isdecimal():
            return self.back_reference(char)
        if char in _CONTROL_ESCAPES or char in _SINGLE_ESCAPES:
            return regex.escape(_CONTROL_ESCAPES.get(char, char))
        if char.lower() in _CLASSES:
            negation = "^" if char.isupper() else ""
            return f"[{negation}{_CLASSES[char.lower()]}]"
        if char in "pP":
            return self.category(char)
        raise self.refuse(f"there is no escape \\{char}")

    def back_reference(self, digits: str) -> str:
        while self.peek().isdecimal() and int(digits + self.peek()) <= self.groups:
            digits += self.take()
        number = int(digits)
        if not 0 < number <= self.groups or number in self.open_groups:
            raise self.refuse(f"there is no closed group {number} before it")
        return rf"(?:\{number})"

    def category(self, kind: str) -> str:
        close = self.pattern.find("}", self.position)
        if self.peek() != "{" or close < 0:
            raise self.refuse(f"\\{kind} needs a category such as \\p{{Lu}}")
        name = self.pattern[self.position + 1 : close]
        self.position = close + 1
        if not name.replace("-", "").isalnum():
            raise self.refuse(f"there is no category {name!r}")
        if name.startswith("Is"):
            name = f"Block={name[2:]}"
        elif len(name) > 2:
            raise self.refuse(f"there is no category {name!r}")
        return rf"\{kind}{{{name}}}"

    def char_class(self) -> str:
        """What follows an opening bracket, with what is subtracted from it as a look-ahead."""
        negated = self.peek() == "^"
        if negated:
            self.take()
        parts: list[str] = []
        subtracted = ""
        while self.peek() != "]" or not parts:
            char = self.take()
            if char == "-" and self.peek() == "[" and parts:
                self.take()
                subtracted = self.char_class()
                break
            if char == "[" or (char == "]" and not parts):
                raise self.refuse(f"{char!r} in a class needs a backslash")
            parts.append(self.class_item(char))
        if self.take() != "]":
            raise self.refuse("a class ends after what is subtracted from it")
        found = f"[{'^' if negated else ''}{''.join(parts)}]"
        return f"(?:(?!{subtracted}){found})" if subtracted else found

    def class_item(self, char: str) -> str:
        """A character, a range of characters or an escape inside a class."""
        first = self.class_char(char)
        if len(first) > 2 or self.peek() != "-":
            return first
        after = self.pattern[self.position + 1 : self.position + 2]
        if after in ("]", "[", ""):
            return first
        self.take()
        last = self.class_char(self.take())
        if len(last) > 2:
            raise self.refuse("a range ends with one character")
        return f"{first}-{last}"

    def class_char(self, char: str) -> str:
        """One character as it is written in a class, at most two characters long; longer where it is a set."""
        if char != "\\":
            return "\\" + char if char in "\\[]^-&~|" else char
        char = self.take()
        if char in _CONTROL_ESCAPES:
            return "\\" + char
        if char in _SINGLE_ESCAPES:
            return "\\" + char
        if char in _CLASSES:
            return _CLASSES[char]
        if char in "DSWIC":
            return self.negated_set(char.lower())
        if char in "pP":
            return self.category(char)
        raise self.refuse(f"there is no escape \\{char} in a class")

    def negated_set(self, char: str) -> str:
        sets = {"d": r"\P{Nd}", "w": r"\p{P}\p{Z}\p{C}"}
        if char not in sets:
            raise self.refuse(f"\\{char.upper()} does not go into a class")
        return sets[char]


def _without_blanks(pattern: str) -> str:
    """The pattern without white space outside classes, as the flag x asks for."""
    out: list[str] = []
    depth = 0
    escaped = False
    for char in pattern:
        if char in _BLANKS and not depth:
            continue
        if not escaped:
            depth += (char == "[") - (char == "]" and depth > 0)
        escaped = char == "\\" and not escaped
        out.append(char)
    return "".join(out)


@functools.lru_cache(maxsize=1024)
def compile_pattern(pattern: str, flags: str) -> regex.Pattern[str]:
    """The compiled pattern.

    Raises:
        FeelError: the pattern or a flag is wrong, or the pattern is too long.
    """
    if set(flags) - set("smixq"):
        raise FeelError(f"the flags are s, m, i, x and q, not {flags[:20]!r}")
    if len(pattern) > _LONGEST:
        raise FeelError(f"a pattern has at most {_LONGEST:,} characters")
    translated = regex.escape(pattern) if "q" in flags else _Translator(pattern, flags).translate()
    try:
        return regex.compile(translated, regex.V0 | (regex.IGNORECASE if "i" in flags else 0))
    except (regex.error, OverflowError, RecursionError) as error:
        raise FeelError(f"the pattern {pattern[:60]!r} is wrong: {error}") from None


def _timed_out(pattern: str) -> FeelError:
    return FeelError(f"the pattern {pattern[:60]!r} takes longer than {limits.REGEX_SECONDS} seconds on this text")


def matches(text: str, pattern: str, flags: str) -> bool:
    """Whether the pattern is found anywhere in the text.

    Raises:
        FeelError: the pattern is wrong, or takes too long.
    """
    began = time.perf_counter()
    try:
        return compile_pattern(pattern, flags).search(text, timeout=limits.REGEX_SECONDS) is not None
    except TimeoutError:
        raise _timed_out(pattern) from None
    finally:
        limits.spend_time(began)


def replace(text: str, pattern: str, replacement: str, flags: str) -> str:
    """The text with everything that the pattern finds replaced; `$1` stands for a group, `$0` for all that was found.

    Raises:
        FeelError: the pattern or replacement is wrong, matches nothing at all, or takes too long.
    """
    began = time.perf_counter()
    compiled = compile_pattern(pattern, flags)
    parts = [replacement] if "q" in flags else _replacement(replacement, compiled.groups)
    size = len(text)

    def substitute(match: regex.Match[str]) -> str:
        nonlocal size
        found = "".join((match[part] or "") if isinstance(part, int) else part for part in parts)
        size += len(found)
        limits.check_string(size)
        return found

    try:
        if compiled.search("", timeout=limits.REGEX_SECONDS):
            raise FeelError(f"the pattern {pattern[:60]!r} matches the empty text, which cannot be replaced")
        return str(compiled.sub(substitute, text, timeout=limits.REGEX_SECONDS))
    except TimeoutError:
        raise _timed_out(pattern) from None
    finally:
        limits.spend_time(began)


def _replacement(text: str, groups: int) -> list[str | int]:
    """A replacement's text and group numbers in turn."""
    parts: list[str | int] = []
    position = 0
    while position < len(text):
        char = text[position]
        after = text[position + 1 : position + 2]
        position += 1
        if char == "\\":
            if after not in ("\\", "$"):
                raise FeelError("in a replacement, a backslash stands before another or before $")
            parts.append(after)
            position += 1
        elif char == "$":
            if not after.isdecimal():
                raise FeelError("in a replacement, $ stands before the number of a group")
            end = position + 1
            while end < len(text) and text[end].isdecimal() and int(text[position : end + 1]) <= groups:
                end += 1
            number = int(text[position:end])
            parts.append(number if number <= groups else "")
            position = end
        else:
            parts.append(char)
    return parts


def split(text: str, pattern: str) -> list[str]:
    """The pieces of the text between what the pattern finds.

    Raises:
        FeelError: the pattern is wrong, matches nothing at all, or takes too long.
    """
    began = time.perf_counter()
    compiled = compile_pattern(pattern, "")
    try:
        if compiled.search("", timeout=limits.REGEX_SECONDS):
            raise FeelError(f"the pattern {pattern[:60]!r} matches the empty text, at which nothing can be split")
        pieces = []
        start = 0
        for match in compiled.finditer(text, timeout=limits.REGEX_SECONDS):
            pieces.append(text[start : match.start()])
            start = match.end()
    except TimeoutError:
        raise _timed_out(pattern) from None
    finally:
        limits.spend_time(began)
    limits.spend(len(pieces))
    return [*pieces, text[start:]]
