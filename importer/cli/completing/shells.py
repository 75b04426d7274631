"""The scripts by which a shell asks what can stand next, and the answers to them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

import click
from click.shell_completion import CompletionItem, ShellComplete

from importer.called_as import NAME, program
from importer.cli.completing import ASKED
from importer.cli.completing.typed_line import TypedWord, typed_words

_LINE: Final = "_IMPORTER_LINE"
"""The one that holds the line up to the cursor."""
_FILES: Final = {"file": "files", "dir": "folders"}
"""What the shell is to offer by itself."""

_BASH: Final = """\
_importer_completion() {
    local kind word told IFS=$'\\t'
    COMPREPLY=()
    compopt -o nosort 2>/dev/null
    while read -r kind word told; do
        case $kind in
            files) compopt -o default 2>/dev/null ;;
            folders) compopt -o dirnames 2>/dev/null ;;
            word) COMPREPLY+=("$word") ;;
        esac
    done < <(@ASKED@=bash @LINE@="${COMP_LINE:0:COMP_POINT}" @PROGRAM@ </dev/null 2>/dev/null)
}
complete -F _importer_completion @NAME@
"""
_ZSH: Final = """\
#compdef @NAME@
_importer() {
    local kind word told line
    local -a offers
    line="${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX"
    while IFS=$'\\t' read -r kind word told; do
        case $kind in
            files) compset -P 1 '--*='; _files ;;
            folders) compset -P 1 '--*='; _files -/ ;;
            word) offers+=("${word//:/\\\\:}${told:+:$told}") ;;
        esac
    done < <(@ASKED@=zsh @LINE@="$line" @PROGRAM@ </dev/null 2>/dev/null)
    (( $#offers )) && _describe -V @NAME@ offers
}
if [[ ${funcstack[1]} == _importer ]]; then
    _importer "$@"
elif (( $+functions[compdef] )); then
    compdef _importer @NAME@
fi
"""
_FISH: Final = """\
function __importer_offers
    set -lx @ASKED@ fish
    set -lx @LINE@ (commandline -cp | string collect)
    for offer in (@PROGRAM@ </dev/null 2>/dev/null)
        set -l parts (string split -m 2 \\t -- $offer)
        switch $parts[1]
            case files
                __fish_complete_path (commandline -ct)
            case folders
                __fish_complete_directories (commandline -ct)
            case word
                printf '%s\\t%s\\n' $parts[2] $parts[3]
        end
    end
end
complete --command @NAME@ --no-files --keep-order --arguments '(__importer_offers)'
"""
_SCRIPTS: Final = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
SHELLS: Final = tuple(_SCRIPTS)
"""Those that can ask."""


def script(shell: str) -> str:
    """Return what a shell is to read once, so that it asks this program, as it was called now, from any folder."""
    named = {"ASKED": ASKED, "LINE": _LINE, "PROGRAM": program(anywhere=True), "NAME": NAME}
    text = _SCRIPTS[shell]
    for name, value in named.items():
        text = text.replace(f"@{name}@", value)
    return text


def offer(command: click.Command) -> None:
    """Print what can stand next on the line that a shell has; nothing where that cannot be found out, for any reason.

    Args:
        command: What the line calls.
    """
    with suppress(Exception):  # whoever types is no reader of errors
        shell, line = os.environ[ASKED], os.environ.get(_LINE, "")
        text = "".join(f"{each}\n" for each in _offers(command, typed_words(line), shell))
        sys.stdout.buffer.write(os.fsencode(text))
        sys.stdout.flush()


def _offers(command: click.Command, words: Sequence[TypedWord], shell: str) -> Iterator[str]:
    *before, last = words
    items = ShellComplete(command, {}, NAME, ASKED).get_completions([word.value for word in before], last.value)
    option, sign, _ = last.value.partition("=")
    joined = f"{option}{sign}" if sign and option.startswith("--") else ""
    for item in items:
        if item.type in _FILES:
            yield _FILES[item.type]
        elif _can_be_typed(word := f"{joined}{item.value}"):
            yield "\t".join(("word", last.for_bash(word) if shell == "bash" else word, _told(item)))


def _can_be_typed(word: str) -> bool:
    return bool(word) and word.isprintable()


def _told(item: CompletionItem[str]) -> str:
    return " ".join((item.help or "").split())
