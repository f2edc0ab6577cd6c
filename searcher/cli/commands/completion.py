"""The `completion` command."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what makes SHELL complete commands, options, and the ids, hashtags and sources of the index.

    \b
    bash  searcher completion bash > ~/.local/share/bash-completion/completions/searcher
    zsh   searcher completion zsh > "${fpath[1]}/_searcher"
    fish  searcher completion fish > ~/.config/fish/completions/searcher.fish
    """
    shell_class = get_completion_class(shell)
    assert shell_class is not None
    click.echo(shell_class(ctx.find_root().command, {}, "searcher", "_SEARCHER_COMPLETE").source(), nl=False)
