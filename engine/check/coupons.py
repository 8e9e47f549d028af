"""Check: coupon codes that no buyer can use, or that buyers will type wrongly."""

from __future__ import annotations

from collections import defaultdict

from engine.check.subject import Subject, day
from engine.diagnostics import Code, Findings, Severity
from engine.load.rulebook import LoadedRule

MAX_CODE = 200
"""Characters that a request may state a code in."""


def coupons(subject: Subject, findings: Findings) -> None:
    """Warnings for codes whose every rule has ended or is switched off, and for codes that differ by case only."""
    asking: dict[str, list[LoadedRule]] = defaultdict(list)
    for loaded in subject.rulebook.rules:
        if loaded.rule.coupon:
            asking[loaded.rule.coupon].append(loaded)
    written: dict[str, str] = {}
    for code, rules in asking.items():
        place = rules[0].span("coupon")
        usable = [loaded for loaded in rules if loaded.rule.when is not False and not _ended(loaded, subject)]
        if not usable:
            message = f"no quote can use the coupon {code!r}: its rules have ended or are switched off"
            findings.add(Code.NEVER_APPLIES, message, place, severity=Severity.WARNING)
        if len(code) > MAX_CODE:
            message = f"no quote can state a coupon of {len(code)} characters; at most {MAX_CODE} are taken"
            findings.add(Code.NEVER_APPLIES, message, place, severity=Severity.WARNING)
        elif code != code.strip():
            message = f"the coupon {code!r} begins or ends with a space, which buyers will not type"
            findings.add(Code.WRONG_VALUE, message, place, severity=Severity.WARNING, hint=f"write {code.strip()!r}")
        other = written.setdefault(code.strip().casefold(), code)
        if other != code:
            message = f"the coupons {code!r} and {other!r} differ by upper and lower case only: they are two coupons"
            findings.add(Code.AMBIGUOUS, message, place, severity=Severity.WARNING, hint="write both alike")


def _ended(loaded: LoadedRule, subject: Subject) -> bool:
    last = day(loaded.rule.valid.to)
    return last is not None and last < subject.today
