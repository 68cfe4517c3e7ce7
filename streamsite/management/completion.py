"""Scripts that complete ``streamsite COMMAND --option`` in a shell by Tab."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from streamsite.management.command_list import CommandInfo

NAME = "streamsite"


def script(shell: str, commands: Sequence[CommandInfo]) -> str:
    """Return the completion script of a shell in ``SHELLS``."""
    return SHELLS[shell](commands)


def _bash(commands: Sequence[CommandInfo]) -> str:
    cases = "\n".join(
        f"    {command.name}) words='{' '.join(command.options)}' ;;"
        for command in commands
        if command.options
    )
    return f"""\
_{NAME}() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='{_names(commands)}'
  else case ${{COMP_WORDS[1]}} in
{cases}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _{NAME} {NAME}
"""


def _zsh(commands: Sequence[CommandInfo]) -> str:
    names = "\n".join(f"    {_quoted(_described(command))}" for command in commands)
    cases = "\n".join(
        f"    {command.name}) compadd -- {' '.join(command.options)} ;;"
        for command in commands
        if command.options
    )
    return f"""\
#compdef {NAME}
_{NAME}() {{
  local -a names
  names=(
{names}
  )
  if (( CURRENT == 2 )); then _describe command names; return; fi
  case $words[2] in
{cases}
  esac
  _files
}}
compdef _{NAME} {NAME}
"""


def _fish(commands: Sequence[CommandInfo]) -> str:
    lines = [
        f"complete -c {NAME} -n __fish_use_subcommand -f -a {command.name} -d {_quoted(command.summary)}"
        for command in commands
    ]
    lines += [
        f"complete -c {NAME} -n '__fish_seen_subcommand_from {command.name}' -l {option.removeprefix('--')}"
        for command in commands
        for option in command.options
    ]
    return "\n".join(lines) + "\n"


def _names(commands: Iterable[CommandInfo]) -> str:
    return " ".join(command.name for command in commands)


def _described(command: CommandInfo) -> str:
    summary = command.summary.replace(":", r"\:")
    return f"{command.name}:{summary}"


def _quoted(text: str) -> str:
    """Return the text in single quotes, as all three shells read them."""
    return "'" + text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}") + "'"


SHELLS: dict[str, Callable[[Sequence[CommandInfo]], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
