"""The server's options: each declared once, set by a flag, the environment or a TOML file, and told back.

A flag wins over the environment, the environment over the file, the file over the default. The name is one in all
three: `--drain-seconds`, `QUOTEWRIGHT_DRAIN_SECONDS`, and `drain-seconds` in the file.
"""

# ruff: noqa: RUF009  # `_option` makes a field, as dataclasses.field does
from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from catalog.sample import FOLDER as SAMPLE_CATALOG
from engine.diagnostics import did_you_mean, nearest
from engine.security.options import SecurityOptions, SecurityOptionsError
from engine.service.cores import usable_cores
from engine.service.option_values import (
    Address,
    choice,
    host_and_port,
    number,
    path,
    web_address,
    whole_number,
    word,
    yes_or_no,
)

ENVIRONMENT_PREFIX = "QUOTEWRIGHT_"
ROOT = Path(__file__).parents[2]


class OptionsError(Exception):
    """Options that cannot be used: one line for each that is wrong."""


def _option(what: str, parse: Callable[[str], Any], placeholder: str, **default: Any) -> Any:
    return field(metadata={"what": what, "parse": parse, "placeholder": placeholder}, **default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Everything that can be chosen about a server; `docs/server.md` explains each."""

    rules: Path = _option("folder of rule files", path, "FOLDER", default=ROOT / "rules" / "sample")
    catalog: Path = _option(
        "catalogue: YAML file, folder of YAML or CSV files, or database made by `catalog import`", path, "PATH",
        default=SAMPLE_CATALOG,
    )  # fmt: skip
    database: Path | None = _option(
        "database file of all that is kept (quotes in approval, contracts, releases), made where it is missing",
        path, "FILE", default=None,
    )  # fmt: skip
    address: Address = _option(
        "where to listen; port 0 takes a free one", host_and_port, "HOST:PORT", default=Address("127.0.0.1", 50051)
    )
    workers: int = _option(
        "serving processes (default: one for each core that this process may use)", whole_number(1, 256), "COUNT",
        default_factory=usable_cores,
    )  # fmt: skip
    threads: int = _option(
        "threads for unary calls that are not short in each worker", whole_number(1, 64), "COUNT", default=2
    )
    transport: str = _option(
        "what carries calls: grpcio, or native for many callers at once (plain text only; needs the extra "
        "quotewright[native])", choice("grpcio", "native"), "grpcio|native", default="grpcio",
    )  # fmt: skip
    drain_seconds: float = _option(
        "how long calls in flight may go on when the server is told to stop", number(0, 3600), "SECONDS", default=10.0
    )
    reload_drain_seconds: float = _option(
        "how long calls in flight, long streams above all, may go on with the old version after a reload",
        number(0, 86400), "SECONDS", default=60.0,
    )  # fmt: skip
    webhook: str | None = _option(
        "address that events of approvals are posted to; needs --database", web_address, "URL", default=None
    )
    record_decisions: bool = _option(
        "keep every priced quote in the database, so that it can be replayed; needs --database", yes_or_no,
        "true|false", default=False,
    )  # fmt: skip
    watch: bool = _option(
        "load the files again when they are saved, for those who edit them", yes_or_no, "true|false", default=False
    )
    log_format: str = _option(
        "lines for people, or JSON for programs", choice("console", "json"), "console|json", default="console"
    )
    log_calls: bool = _option("log every call, never its content", yes_or_no, "true|false", default=False)
    slow_ms: float = _option(
        "log calls that take longer, with the time of their stages; 0 logs none", number(0, 3_600_000), "MILLISECONDS",
        default=0.0,
    )  # fmt: skip
    metrics_address: Address | None = _option(
        "where Prometheus finds metrics, as /metrics on a port of its own", host_and_port, "HOST:PORT", default=None
    )
    traces_endpoint: str | None = _option(
        "collector that traces are sent to by OTLP over HTTP; needs the extra quotewright[otel]", web_address, "URL",
        default=None,
    )  # fmt: skip
    traces_share: float = _option(
        "share of calls to trace where the caller does not decide, 0 to 1", number(0, 1), "SHARE", default=0.01
    )
    tls_certificate: Path | None = _option(
        "PEM file with the server's certificate and those between it and the root", path, "FILE", default=None
    )
    tls_key: Path | None = _option("PEM file with the certificate's private key", path, "FILE", default=None)
    tls_client_authority: Path | None = _option(
        "PEM file with the authorities of clients' certificates; clients without one cannot connect", path, "FILE",
        default=None,
    )  # fmt: skip
    insecure: bool = _option(
        "speak plain text beyond this machine too, where something else encrypts", yes_or_no, "true|false",
        default=False,
    )  # fmt: skip
    api_keys: Path | None = _option(
        "YAML file of API keys, made by `quotewright keys new`; calls need a key or token", path, "FILE", default=None
    )
    token_issuer: str = _option("take tokens (JWT) of this issuer", word, "NAME", default="")
    token_audience: str = _option("take tokens for this audience", word, "NAME", default="")
    token_keys: str = _option("file or https address of the keys (JWKS) that sign tokens", word, "PLACE", default="")
    token_leeway: float = _option("how far clocks may differ", number(0, 600), "SECONDS", default=30.0)
    name_claim: str = _option("claim of a token with the caller's id", word, "CLAIM", default="sub")
    roles_claim: str = _option("claim of a token with roles", word, "CLAIM", default="roles")
    tenant_claim: str = _option("claim of a token with the tenant", word, "CLAIM", default="tenant")
    tenant: str = _option("refuse keys and tokens of other tenants than this", word, "NAME", default="")
    max_open_requests: int = _option(
        "requests that one client may have open in a worker, 0 for any number: counted by key or person, and by "
        "connection where neither is asked for", whole_number(0, 1_000_000), "COUNT", default=256,
    )  # fmt: skip
    max_open_streams: int = _option(
        "streams that one key or person may have open in a worker, 0 for any number", whole_number(0, 100), "COUNT",
        default=32,
    )  # fmt: skip
    max_seconds: float = _option(
        "how long a call that configures may work, whatever time it asks for", number(0.001, 3600), "SECONDS",
        default=60.0,
    )  # fmt: skip
    max_stream_seconds: float = _option(
        "how long a stream may go on", number(0.001, 1_000_000), "SECONDS", default=3600.0
    )
    max_request_mib: int = _option("largest request that is read", whole_number(1, 1024), "MIB", default=64)
    reflection: bool = _option("tell callers which services there are", yes_or_no, "true|false", default=True)

    def security(self) -> SecurityOptions:
        """What of this is about security."""
        return SecurityOptions(**{option.name: getattr(self, option.name) for option in fields(SecurityOptions)})


@dataclass(frozen=True, slots=True)
class Chosen:
    """Options, and where each value comes from: a flag, a variable, the file, or "default"."""

    options: Options
    texts: Mapping[str, str]
    origins: Mapping[str, str]


def read_options(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[Chosen, argparse.Namespace]:
    """The options that a command line, an environment and the file that they name come to.

    Gives the flags that are no options too: `print_config`.

    Raises:
        OptionsError: some are wrong; tells all.
    """
    flags, unknown = _parser().parse_known_args(arguments)
    problems = _unknown_flags(unknown)
    found: dict[str, tuple[str, str]] = {}
    file = flags.config or environment.get(ENVIRONMENT_PREFIX + "CONFIG", "")
    if file:
        found.update(_from_file(Path(file), problems))
    for option in fields(Options):
        variable = _variable(option)
        if variable in environment:
            found[option.name] = environment[variable], variable
        text = getattr(flags, option.name)
        if text is not None:
            found[option.name] = text, _flag(option)
    values = {name: value for name, (text, origin) in found.items() for value in _value(name, text, origin, problems)}
    if problems:
        raise OptionsError("\n".join(problems))
    options = Options(**values)
    if options.webhook is not None and options.database is None:
        raise OptionsError("--webhook needs --database: without one nothing is approved that could be told")
    if options.record_decisions and options.database is None:
        raise OptionsError("--record-decisions needs --database: that is where they are kept")
    if options.traces_endpoint is not None and find_spec("opentelemetry") is None:
        raise OptionsError("--traces-endpoint needs OpenTelemetry: pip install 'quotewright[otel]'")
    if options.transport == "native":
        if find_spec("pygrpc_native") is None:
            raise OptionsError("--transport native needs pygrpc-native: pip install 'quotewright[native]'")
        if options.tls_certificate is not None:
            raise OptionsError(
                "--transport native speaks plain text only: use --transport grpcio, or leave out --tls-certificate "
                "and let something in front of the server encrypt"
            )
    try:
        options.security().check(str(options.address))
    except SecurityOptionsError as error:
        raise OptionsError(str(error)) from None
    origins = {option.name: found[option.name][1] if option.name in found else "default" for option in fields(Options)}
    return Chosen(options, {name: text for name, (text, _) in found.items()}, origins), flags


def options_of(texts: Mapping[str, str]) -> Options:
    """The options that `Chosen.texts` of another process say."""
    return Options(**{name: _FIELDS[name].metadata["parse"](text) for name, text in texts.items()})


def print_config(chosen: Chosen) -> str:
    """The options as a TOML file that says where each value comes from."""
    lines = []
    for option in fields(Options):
        value = getattr(chosen.options, option.name)
        lines.append(f"# {option.metadata['what']}")
        if value in (None, ""):
            lines.append(f"# {_key(option)} = ...")
        else:
            lines.append(f"{_key(option)} = {_toml(value)}  # {chosen.origins[option.name]}")
        lines.append("")
    return "\n".join(lines)


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """What to tell about variables that look like options and are none."""
    known = {option.name.upper() for option in fields(Options)} | {"CONFIG"}
    names = [name.removeprefix(ENVIRONMENT_PREFIX) for name in environment if name.startswith(ENVIRONMENT_PREFIX)]
    meant = {name: nearest(name, known) for name in names if name not in known}
    return [
        f"{ENVIRONMENT_PREFIX}{name} is no option of the server; did you mean {ENVIRONMENT_PREFIX}{near}?"
        for name, near in meant.items()
        if near
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="server.py",
        description="Quotewright's gRPC server: prices, configures and approves quotes by the rules of a folder.",
        epilog="Every option is also a variable (QUOTEWRIGHT_DRAIN_SECONDS) and a key of the TOML file "
        "(drain-seconds); a flag wins over a variable, a variable over the file. SIGHUP reloads the files, "
        "SIGTERM stops when calls in flight have finished. docs/server.md tells more.",
        allow_abbrev=False,
    )
    parser.add_argument("--config", metavar="FILE", help="TOML file of options")
    parser.add_argument("--print-config", action="store_true", help="print the options as TOML, and end")
    for option in fields(Options):
        what = option.metadata["what"]
        if option.default is not MISSING and option.default not in (None, False, ""):
            default = option.default
            if isinstance(default, Path):
                default = "the sample"
            what += f" (default: {_plain(default)})"
        switch: dict[str, Any] = {"nargs": "?", "const": "true"} if option.metadata["parse"] is yes_or_no else {}
        parser.add_argument(
            _flag(option), metavar=option.metadata["placeholder"], help=what.replace("%", "%%"), **switch
        )
    return parser


def _from_file(file: Path, problems: list[str]) -> dict[str, tuple[str, str]]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"{file}: cannot be read: {error.strerror}")
        return {}
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{file}: cannot be read as TOML: {error}")
        return {}
    keys = {_key(option): option for option in fields(Options)}
    found = {}
    for key, value in content.items():
        option = keys.get(key)
        if option is None:
            hint = did_you_mean(key, keys)
            problems.append(f"{file}: {key!r} is no option of the server" + (f"; {hint}" if hint else ""))
        elif not isinstance(value, str | int | float):
            problems.append(f"{file}: {key}: a text, a number, true or false is expected, found {value!r}")
        else:
            text = _plain(value)
            if option.metadata["parse"] is path and text:
                text = str(file.parent / text)  # a file means what stands beside it, wherever the server is started
            found[option.name] = text, str(file)
    return found


def _value(name: str, text: str, origin: str, problems: list[str]) -> list[Any]:
    option = _FIELDS[name]
    try:
        return [option.metadata["parse"](text)]
    except ValueError as error:
        place = origin if origin.startswith(("--", ENVIRONMENT_PREFIX)) else f"{origin}: {_key(option)}"
        expected, separator, hint = str(error).partition("; ")
        problems.append(f"{place}: {expected}, found {text!r}{separator}{hint}")
        return []


def _unknown_flags(texts: Sequence[str]) -> list[str]:
    """What to tell about arguments that are no options; what follows an unknown flag is its value."""
    known = [*map(_flag, fields(Options)), "--config", "--print-config", "--help"]
    flags = [text.partition("=")[0] for text in texts if text.startswith("-")]
    if not flags:
        return [f"{text!r} belongs to no option" for text in texts]
    hints = [did_you_mean(flag, known) for flag in flags]
    return [
        f"{flag} is no option of the server" + (f"; {hint}" if hint else "")
        for flag, hint in zip(flags, hints, strict=True)
    ]


def _flag(option: Field[Any]) -> str:
    return "--" + _key(option)


def _key(option: Field[Any]) -> str:
    return option.name.replace("_", "-")


def _variable(option: Field[Any]) -> str:
    return ENVIRONMENT_PREFIX + option.name.upper()


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _toml(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return _plain(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_FIELDS = {option.name: option for option in fields(Options)}
