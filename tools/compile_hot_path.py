"""Compiles the hot path to machine code, in place: run by `make compiled`, undone by `make interpreted`.

What runs for every quote is compiled, and nothing else: loading and checking files, the services around the handler and
the commands stay interpreted. No source file is written for the compiler; the modules run either way.
"""

from __future__ import annotations

import os

from mypyc.build import mypycify
from setuptools import setup

from engine.native_build import GROUP, RECORD, ROOT, sources_digest

HOT_PATH = (
    "engine/quote.py",
    "engine/decision.py",
    "engine/snapshot.py",
    "engine/trace.py",
    "engine/approve/chainer.py",
    "engine/approve/codes.py",
    "engine/approve/facts.py",
    "engine/approve/people.py",
    "engine/approve/plan.py",
    "engine/approve/program.py",
    "engine/approve/reapproval.py",
    "engine/approve/result.py",
    "engine/approve/route.py",
    "engine/credit/*.py",
    "engine/pricing/**/*.py",
    "engine/service/quote_service.py",
    "engine/tables/column_index.py",
    "engine/wire/read_facts.py",
    "engine/wire/read_quote.py",
    "engine/wire/text.py",
    "engine/wire/wire_format.py",
    "engine/wire/write_approval.py",
    "engine/wire/write_credit.py",
    "engine/wire/write_decision.py",
    "engine/wire/write_waterfall.py",
)
BUILD = "var/native"


def sources() -> list[str]:
    """The files to compile; packages stay interpreted, since they only name what their modules hold.

    Raises:
        SystemExit: a part of `HOT_PATH` names no file.
    """
    found: list[str] = []
    for pattern in HOT_PATH:
        paths = [path for path in sorted(ROOT.glob(pattern)) if path.name != "__init__.py"]
        if not paths:
            raise SystemExit(f"nothing compiled: HOT_PATH names {pattern}, and there is no such file")
        found += [path.relative_to(ROOT).as_posix() for path in paths]
    return found


def main() -> None:
    """Compile, leaving the record by which the engine refuses modules compiled from other sources."""
    modules = sources()
    print(f"Compiling {len(modules)} modules of the hot path, which takes a minute or two")
    # Written before anything is read: a file that is edited meanwhile makes the build stale, as it should be.
    digest = sources_digest()
    RECORD.write_text(digest + "\n", encoding="ascii")
    setup(
        name=GROUP,
        packages=[],
        py_modules=[],
        ext_modules=mypycify(modules, opt_level="2", group_name=GROUP, target_dir=BUILD),
        script_args=["--quiet", "build_ext", "--inplace", "--build-temp", BUILD, "--build-lib", BUILD],
    )
    print("The hot path is compiled. An edited source file has to be compiled again: 'make compiled';")
    print("'make interpreted' removes what was compiled.")


if __name__ == "__main__":
    os.chdir(ROOT)  # mypy's configuration and the names of modules are found from there
    main()
