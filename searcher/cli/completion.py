"""The command that prints what a shell needs to complete commands, and how shells ask for completions."""

import os
import re
import shlex

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    add_completion_class,
    get_completion_class,
)

from searcher.cli.parameters import EPILOG

_VARIABLE = "_SEARCHER_COMPLETE"
# Stands where the cursor is, so that a word is there even if nothing is typed of it.
_CURSOR = "x"
_UNSAFE = {
    "": (re.compile(r"""([\s"'#$&()*;<=>?\[\\\]^`{|}~!])"""), r"\\\1"),
    "'": (re.compile("'"), r"'\\''"),
    '"': (re.compile(r'(["$`\\])'), r"\\\1"),
}


@add_completion_class
class _Bash(BashComplete):
    """Is told the line and what readline takes for its last word, which to it may begin behind a colon.

    The stock script takes words from where readline parts them, so that no id could be completed.
    """

    source_template = """\
%(complete_func)s() {
    local kind value
    COMPREPLY=()
    while IFS=, read -r kind value; do
        case $kind in
            plain) COMPREPLY+=("$value") ;;
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
        esac
    done < <(COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_CWORD="$2" %(complete_var)s=bash_complete "$1" 2>/dev/null)
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""
    _quote = ""
    _kept = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        words, self._quote = _split(os.environ["COMP_WORDS"])
        *arguments, incomplete = words
        replaced = os.environ["COMP_CWORD"] if self._quote else re.sub(r"\\(.)", r"\1", os.environ["COMP_CWORD"])
        self._kept = incomplete.removesuffix(replaced) if incomplete.endswith(replaced) else ""
        return arguments[1:], incomplete

    def format_completion(self, item: CompletionItem) -> str:
        unsafe, escaped = _UNSAFE[self._quote]
        return f"{item.type},{unsafe.sub(escaped, item.value.removeprefix(self._kept))}"


@add_completion_class
class _Fish(FishComplete):
    """Keeps the commas of what completes a word, where the stock script would cut it."""

    source_template = """\
function %(complete_func)s
    for line in (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp | string collect) \
COMP_CWORD=(commandline -ct | string collect --allow-empty) %(prog_name)s 2>/dev/null)
        set -l found (string split --max 1 , -- $line)
        switch $found[1]
            case plain
                echo $found[2]
            case dir
                __fish_complete_directories $found[2]
            case file
                __fish_complete_path $found[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


def _split(line: str) -> tuple[list[str], str]:
    """Return the words of a line up to the cursor, and the quote that is open there."""
    for quote in ("", "'", '"'):
        try:
            words = shlex.split(line + _CURSOR + quote)
        except ValueError:
            continue
        return [*words[:-1], words[-1].removesuffix(_CURSOR)], quote
    return ["", ""], ""


@click.command(epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what makes SHELL complete commands, options, and the ids, hashtags and sources of the index.

    \b
    bash  searcher completion bash > ~/.local/share/bash-completion/completions/searcher
    zsh   searcher completion zsh > "${fpath[1]}/_searcher"
    fish  searcher completion fish > ~/.config/fish/completions/searcher.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(ctx.find_root().command, {}, "searcher", _VARIABLE).source(), nl=False)
