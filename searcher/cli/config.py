"""The configuration file, searcher.toml: defaults for the options that have an environment variable."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from index.backend import is_cluster
from index.errors import LocationError, SearcherError
from searcher.cli.lazy_group import LazyGroup
from searcher.cli.options import Location

PREFIX = "SEARCHER"
_TYPES = {bool: "true or false", int: "a whole number", str: 'a text in "quotes"', list: "a list of texts in [ ]"}
_SEE_CONFIG = "`searcher config` prints them all"


class ConfigError(SearcherError):
    """A configuration file that can't be read, or that has an unknown key or a wrong value."""

    code = "config"


@dataclass(frozen=True)
class Setting:
    """A key of the file, the environment variable beside it, and the parameter that both set."""

    key: str
    variable: str
    command: click.Command
    parameter: click.Parameter

    @property
    def type(self) -> type:
        if self.parameter.nargs == -1:
            return list
        if getattr(self.parameter, "is_flag", False):
            return bool
        return int if isinstance(self.parameter.type, click.IntRange) else str


def settings(main: LazyGroup) -> dict[str, Setting]:
    """Return the settings of all commands by key: the parameters that have an environment variable.

    A variable that several commands share is one setting, that of the first.
    """
    by_variable: dict[str, Setting] = {}
    for table, command in [("", main), *((f"{name}.", main.load(name)) for name in main.modules)]:
        for parameter in command.params:
            key = f"{table}{parameter.name}".replace("_", "-")
            variable = parameter.envvar
            if not variable and getattr(parameter, "allow_from_autoenv", False):
                variable = f"{PREFIX}_{key}".replace(".", "_").replace("-", "_").upper()  # as click names it
            if variable and not parameter.is_eager:  # --config and --version are eager
                by_variable.setdefault(str(variable), Setting(key, str(variable), command, parameter))
    return {setting.key: setting for setting in by_variable.values()}


def read_config(path: Path, main: LazyGroup, *, is_required: bool) -> dict[str, Any]:
    """Return the values of the file at `path` as the default_map of `main`; none if there is no file.

    Relative paths in the file start from its folder. Raises ConfigError.
    """
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if is_required:
            raise ConfigError(f"There is no configuration file {path}: write one, or name another.") from None
        return {}
    except OSError as error:
        raise ConfigError(f"The configuration file {path} can't be opened: {error.strerror}.") from error
    import tomllib  # takes time, and many users have no such file

    try:
        content = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The configuration file {path} is no TOML in UTF-8: {error}.") from error
    known = settings(main)
    defaults: dict[str, Any] = {name: {} for name in main.modules}
    for key, value in _flatten(content):
        if key not in known:
            raise ConfigError(f"{path} has {key}, which is no setting: {_correction(key, list(known))}")
        setting = known[key]
        value = _checked(path, setting, value)
        if key == "index.location":
            for command in main.modules:
                defaults[command]["location"] = value
        else:
            table = defaults if setting.command is main else defaults[str(setting.command.name)]
            table[str(setting.parameter.name)] = value
    return defaults


def _flatten(content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        if isinstance(value, dict) and value:
            yield from ((f"{name}.{key}", item) for key, item in value.items())
        elif value != {}:
            yield name, value


def _correction(key: str, known: list[str]) -> str:
    import difflib  # takes time, and only mistakes need it

    option = key.rpartition(".")[2]
    near = difflib.get_close_matches(key, known, 1) or [name for name in known if name.rpartition(".")[2] == option]
    return f"is {near[0]} meant? {_SEE_CONFIG}" if near else _SEE_CONFIG


def _checked(path: Path, setting: Setting, value: Any) -> Any:
    """Return `value` with its paths resolved; raise ConfigError if `setting` does not accept it."""
    items = value if type(value) is list else [value]
    # Not isinstance, since a bool is an int.
    if type(value) is not setting.type or (setting.type is list and not all(isinstance(item, str) for item in items)):
        raise ConfigError(f"{path} has {setting.key} = {value!r}: write {_TYPES[setting.type]} there.")
    parameter = setting.parameter
    if isinstance(parameter.type, click.Path | Location):
        items = [item if is_cluster(item) else str(path.parent / Path(item).expanduser()) for item in items]
    try:
        for item in items:
            parameter.type.convert(item, parameter, None)
    except click.BadParameter as error:
        raise ConfigError(f"{path} has {setting.key} = {value!r}: {error.message}") from error
    except LocationError as error:
        raise ConfigError(f"{path} has a {setting.key} that is none: {error}") from error
    return items if setting.type is list else items[0]
