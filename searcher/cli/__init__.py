"""The command line: the group of commands, and what each of them does."""

from searcher.cli import completion, lookups, settings, upkeep
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
    settings.config,
    completion.completion,
):
    main.add_command(_command)
# Named, not imported: only `serve` loads the web server.
main.add_lazy_command("serve", "web.command:serve")
