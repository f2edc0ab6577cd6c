"""The command line: the group of commands, and what each of them does."""

from searcher.cli import completion, lookups, serving, settings, upkeep
from searcher.cli.config import name_variables
from searcher.cli.group import main

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
    serving.serve,
    settings.config,
    completion.completion,
):
    main.add_command(_command)
name_variables(main)
