"""The configuration file, searcher.toml: what commands take where neither command line nor environment says."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from index.errors import LocationError, SearcherError
from index.opensearch.address import is_cluster, shown
from index.text.user_words import settings_folder

# What is worth keeping, as [command] option. Left out is what one run is told to do: what to look for, how to print it,
# and what would turn a safeguard off for good, such as --prune.
KEPT = {
    "index": ("location", "archives", "watch", "shards", "replicas", "strict"),
    "search": ("sort", "limit", "facets"),
    "suggest": ("limit",),
    "copy": ("shards", "replicas"),
    "serve": ("host", "port", "workers", "url", "open", "password-file", "watch"),
}
KEYS = ("words", *(f"{command}.{option}" for command, options in KEPT.items() for option in options))
_PATHS = ("location", "archives", "words", "password-file")
_TYPES = {bool: "true or false", int: "a whole number", str: 'a text in "quotes"', list: "a list of texts in [ ]"}


class ConfigError(SearcherError):
    """Says that the configuration file can't be read or has a key or a value without meaning: correct it."""

    code = "config"


@dataclass(frozen=True)
class Setting:
    """Is one key of the file, and the parameter of a command that it stands for."""

    key: str
    command: click.Command
    parameter: click.Parameter

    @property
    def variable(self) -> str:
        """Return the environment variable that says the same."""
        return str(self.parameter.envvar)

    @property
    def type(self) -> type:
        """Return what the value is in the file."""
        if self.parameter.nargs == -1:
            return list
        if getattr(self.parameter, "is_flag", False):
            return bool
        return int if isinstance(self.parameter.type, click.IntRange) else str


def config_file() -> Path:
    """Return where the file lies unless told otherwise: in the platform's folder for settings, beside words.txt."""
    return settings_folder() / "searcher.toml"


def settings(main: click.Group) -> dict[str, Setting]:
    """Return what the file may say, by key, in the order in which it is told of."""
    return {key: _setting(main, key) for key in KEYS}


def name_variables(command: click.Command) -> None:
    """Give each setting of `command` an environment variable, SEARCHER_COMMAND_OPTION, unless it has one."""
    for option in KEPT.get(command.name or "", ()):
        parameter = _parameter(command, option)
        parameter.envvar = parameter.envvar or f"SEARCHER_{command.name}_{option}".replace("-", "_").upper()


def read_config(path: Path, ctx: click.Context, *, is_named: bool) -> dict[str, Any]:
    """Return what the file at `path` says, as the default_map of `ctx`; nothing if there is none and none is named.

    `ctx` is the context of the group of commands. Paths in the file are taken from its folder. Raises ConfigError.
    """
    main = ctx.command
    assert isinstance(main, click.Group)
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if is_named:
            raise ConfigError(f"There is no configuration file {path}: write one, or name another.") from None
        return {}
    except OSError as error:
        raise ConfigError(f"The configuration file {path} can't be opened: {error.strerror}.") from error
    import tomllib  # which whoever has no such file is not to wait for

    try:
        content = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The configuration file {path} is no TOML in UTF-8: {error}.") from error
    defaults: dict[str, Any] = {name: {} for name in main.list_commands(ctx)}
    for key, value in _flat(content):
        if key not in KEYS:
            raise ConfigError(f"{path} has {key}, which is no setting{_nearest(key)}.")
        setting = _setting(main, key)
        value = _checked(path, setting, value)
        if key == "index.location":
            for command in main.list_commands(ctx):
                defaults[command]["location"] = value
        else:
            table = defaults if setting.command is main else defaults[str(setting.command.name)]
            table[str(setting.parameter.name)] = value
    return defaults


def in_force(ctx: click.Context) -> Iterator[tuple[Setting, Any, str]]:
    """Yield each setting, its value and where that comes from, as seen by a command without options of its own.

    `ctx` is the context of the group of commands. Raises click.BadParameter.
    """
    assert isinstance(ctx.command, click.Group)
    contexts: dict[click.Command, click.Context] = {ctx.command: ctx}
    for setting in settings(ctx.command).values():
        if (command := setting.command) not in contexts:
            # No setting depends on what has to be said; it only has to be there.
            required = ["-" for one in command.params if isinstance(one, click.Argument) and one.required]
            contexts[command] = command.make_context(command.name, required, parent=ctx)
        name = str(setting.parameter.name)
        told = {
            ParameterSource.COMMANDLINE: "command line",
            ParameterSource.ENVIRONMENT: setting.variable,
            ParameterSource.DEFAULT_MAP: str(ctx.params["config"]),
        }
        context = contexts[command]
        source = context.get_parameter_source(name)
        yield setting, _plain(context.params[name]), told.get(source, "default") if source else "default"


def _plain(value: Any) -> Any:
    """Return `value` as JSON has it, without the password of an address."""
    if isinstance(value, tuple):
        return [str(one) for one in value]
    if isinstance(value, str | Path):
        return str(shown(value))
    return value


def _setting(main: click.Group, key: str) -> Setting:
    name, _, option = key.rpartition(".")
    command = main.get_command(click.Context(main), name) if name else main
    assert command is not None
    return Setting(key, command, _parameter(command, option))


def _parameter(command: click.Command, name: str) -> click.Parameter:
    """Return the parameter that is written so on the command line, or has that name."""
    return next(one for one in command.params if f"--{name}" in one.opts or name == one.name)


def _flat(content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        if isinstance(value, dict) and value:
            yield from ((f"{name}.{key}", one) for key, one in value.items())
        elif value != {}:
            yield name, value


def _nearest(key: str) -> str:
    import difflib  # which whoever makes no mistake is not to wait for

    option = key.rpartition(".")[2]
    near = difflib.get_close_matches(key, KEYS, 1) or [one for one in KEYS if one.rpartition(".")[2] == option]
    return f": is {near[0]} meant? `searcher config` prints them all" if near else ": `searcher config` prints them all"


def _checked(path: Path, setting: Setting, value: Any) -> Any:
    found = type(value)  # not isinstance, to which true is a whole number
    if found is not setting.type or (found is list and not all(isinstance(one, str) for one in value)):
        raise ConfigError(f"{path} has {setting.key} = {value!r}: write {_TYPES[setting.type]} there.")
    if setting.key.rpartition(".")[2] in _PATHS:
        value = [_below(path, one) for one in value] if found is list else _below(path, value)
    try:
        for one in value if found is list else [value]:
            setting.parameter.type.convert(one, setting.parameter, None)
    except click.BadParameter as error:
        raise ConfigError(f"{path} has {setting.key} = {value!r}: {error.message}") from error
    except LocationError as error:
        raise ConfigError(f"{path} has a {setting.key} that is none: {error}") from error
    return value


def _below(path: Path, value: str) -> str:
    return value if is_cluster(value) else str(path.parent / Path(value).expanduser())
