"""The command `conformance`: the public DMN conformance kit run against the engine, with figures."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from engine.dmn.conformance import Count, ModelReport, run_kit, totals


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--failures", is_flag=True, help="Show what was expected and found for every case that fails.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def conformance(context: click.Context, folder: Path, failures: bool, as_json: bool) -> None:
    """Run the test files (*-test-*.xml) of the DMN conformance kit in FOLDER and below.

    Prints how many cases pass by model, by level and in total, among all cases and among those that expect a value
    other than null, with the time taken. Ends with code 1 where a case fails, and 2 where there is no test file.
    """
    reports = list(run_kit(folder))
    if not reports:
        raise click.UsageError(f"there are no test files (*-test-*.xml) in {folder}")
    counts = totals(reports)
    if as_json:
        click.echo(json.dumps(_as_json(reports, counts), indent=2))
    else:
        _print(reports, counts, failures)
    context.exit(0 if counts[""].passed == counts[""].cases else 1)


def _share(passed: int, cases: int) -> str:
    return f"{passed}/{cases}" + (f" ({100 * passed / cases:.1f} %)" if cases else "")


def _print(reports: Sequence[ModelReport], counts: Mapping[str, Count], failures: bool) -> None:
    width = max(len(report.model) for report in reports)
    for report in reports:
        count = Count.of(report.outcomes)
        mark = "ok  " if count.passed == count.cases else "FAIL"
        click.echo(f"{mark} {report.model:<{width}}  {count.passed:>4}/{count.cases:<4} {report.milliseconds:>8.1f} ms")
        if failures:
            _print_failures(report)
    click.echo()
    for level, count in counts.items():
        told = _share(count.with_value_passed, count.with_value)
        click.echo(
            f"{level or 'total'}: {_share(count.passed, count.cases)} of all cases, {told} of those with a value"
        )
    seconds = sum(report.milliseconds for report in reports) / 1000
    click.echo(f"{len(reports)} test files in {seconds:.1f} s")


def _print_failures(report: ModelReport) -> None:
    for outcome in report.outcomes:
        for failure in outcome.failures:
            click.echo(f"       {report.test_file} case {outcome.case}: {failure}")


def _as_json(reports: Sequence[ModelReport], counts: Mapping[str, Count]) -> dict[str, object]:
    return {
        "totals": {level or "total": dataclasses.asdict(count) for level, count in counts.items()},
        "models": [
            {
                "level": report.level,
                "model": report.model,
                "test_file": report.test_file,
                "milliseconds": round(report.milliseconds, 1),
                **dataclasses.asdict(Count.of(report.outcomes)),
                "failures": {o.case: list(o.failures) for o in report.outcomes if not o.passed},
            }
            for report in reports
        ],
    }
