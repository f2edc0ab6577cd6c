"""The command line: the group of commands, and what each of them does."""

from searcher.cli import completion, lookups, settings, upkeep
from searcher.cli.config import name_variables
from searcher.cli.group import main
from web import command

__all__ = ["main"]

for _command in (
    upkeep.index,
    lookups.search,
    lookups.show,
    lookups.explain,
    lookups.suggest,
    lookups.stats,
    upkeep.check,
    upkeep.copy,
    command.serve,
    settings.config,
    completion.completion,
):
    main.add_command(_command)
name_variables(main)
