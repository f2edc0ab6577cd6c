"""A group of commands that are imported when they are called."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group that imports each command from its module, where the command has its own name.

    The commands share the epilog of the group.
    """

    def __init__(self, *args: Any, modules: Mapping[str, str], **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.modules = modules

    def load(self, name: str) -> click.Command:
        """Return the command `name`; raise KeyError if there is none."""
        command: click.Command = getattr(import_module(self.modules[name]), name)
        command.epilog = self.epilog
        return command

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        return self.load(cmd_name) if cmd_name in self.modules else None
