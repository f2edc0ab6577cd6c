"""Completion in bash and fish, where the scripts of click split or cut words."""

import os
import re
import shlex

from click.shell_completion import BashComplete, CompletionItem, FishComplete

# A character at the cursor, so that the last word is never empty.
_CURSOR = "x"
# For each open quote, the characters to escape and their replacement.
_UNSAFE = {
    "": (re.compile(r"""([\s"'#$&()*;<=>?\[\\\]^`{|}~!])"""), r"\\\1"),
    "'": (re.compile("'"), r"'\\''"),
    '"': (re.compile(r'(["$`\\])'), r"\\\1"),
}


class Bash(BashComplete):
    """Completion in bash of words that contain colons, such as ids.

    The script of click passes the words of readline, which splits them at colons. This one passes the whole line, and
    the part of the last word that readline will replace.
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


class Fish(FishComplete):
    """Completion in fish of values that contain commas, which the script of click cuts."""

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
    """Return the words of a line up to the cursor, and the quote that is still open."""
    for quote in ("", "'", '"'):
        try:
            words = shlex.split(line + _CURSOR + quote)
        except ValueError:
            continue
        return [*words[:-1], words[-1].removesuffix(_CURSOR)], quote
    return ["", ""], ""
