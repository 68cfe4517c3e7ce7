"""``python -m streamsite``: the site's own commands with what they do, and shell completion of them.

``python -m streamsite NAME ...`` is ``manage.py NAME ...``.
"""

from __future__ import annotations

import sys

from streamsite.management import command_list, completion
from streamsite.management.exit_codes import ExitCode

USAGE = """\
usage: python -m streamsite COMMAND [OPTIONS]

{commands}

COMMAND --help shows the options of a command. script/server runs the site.
For completion by Tab:  source <(python -m streamsite completion bash)   (or zsh, fish)
"""


UNKNOWN = """\
python -m streamsite: there is no command {name!r}. python -m streamsite lists those that there are.
"""


def main(arguments: list[str]) -> int:
    """Run what the arguments name; return the exit code."""
    if not arguments or arguments[0] in {"help", "-h", "--help"}:
        sys.stdout.write(USAGE.format(commands=command_list.describe_commands()))
        return 0
    if arguments[0] == "completion":
        return _complete(arguments[1:])
    if not arguments[0].startswith("-") and arguments[0] not in command_list.known_names():
        sys.stderr.write(UNKNOWN.format(name=arguments[0]))
        return ExitCode.WRONG_USE
    from manage import main as manage

    sys.argv = ["manage.py", *arguments]
    manage()
    return 0


def _complete(arguments: list[str]) -> int:
    """Print a completion script, or what is wrong with the arguments."""
    if len(arguments) != 1 or arguments[0] not in completion.SHELLS:
        sys.stderr.write(f"usage: python -m streamsite completion {'|'.join(completion.SHELLS)}\n")
        return 2
    sys.stdout.write(completion.script(arguments[0], command_list.load_commands()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
