"""The site's own management commands: names, one line each, and options. They are read without a database."""

from __future__ import annotations

import os
import pkgutil
from argparse import SUPPRESS
from dataclasses import dataclass
from importlib import import_module
from textwrap import shorten

import django
from django.core.management import get_commands
from django.core.management.base import BaseCommand

PACKAGES = ("streamsite", "accounts", "videos", "takeout", "demo")
# Django's commands that operators of a site need, with what they do here.
FROM_DJANGO = {
    "check": "Check the settings; --deploy adds what a public site should mind.",
    "shell": "Open a Python prompt with the site's models.",
}
LINE_WIDTH = 100
# What settings ask for, where nobody has said it yet. Nothing connects to it.
PLACEHOLDERS = {"MONGODB_URI": "mongodb://127.0.0.1:1/", "SECRET_KEY": "to-list-commands"}


@dataclass(frozen=True)
class CommandInfo:
    """A command, what it does in one line, and its own options, such as ``--dry-run``."""

    name: str
    summary: str
    options: tuple[str, ...]


def load_commands() -> list[CommandInfo]:
    """Return the commands of operators, by name."""
    _set_up_django()
    own = [_describe(package, name) for package in PACKAGES for name in _names(package)]
    others = [CommandInfo(name, summary, ()) for name, summary in FROM_DJANGO.items()]
    version = CommandInfo("version", "Print the version.", ())
    return sorted([*own, *others, version], key=lambda command: command.name)


def known_names() -> set[str]:
    """Return the names of all commands, Django's own included."""
    _set_up_django()
    return {*get_commands(), "version"}


def describe_commands() -> str:
    """Return one line per command, with what it does."""
    commands = load_commands()
    width = max(len(command.name) for command in commands)
    return "\n".join(
        f"  {command.name:{width}}  {shorten(command.summary, LINE_WIDTH - width, placeholder=' ...')}"
        for command in commands
    )


def _set_up_django() -> None:
    """Load the settings, from which commands are read, also where there is no site yet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamsite.settings")
    for name, value in PLACEHOLDERS.items():
        if not os.environ.get(name):
            os.environ[name] = value
    django.setup()


def _names(package: str) -> list[str]:
    folder = import_module(f"{package}.management.commands").__path__
    return [module.name for module in pkgutil.iter_modules(folder) if not module.name.startswith("_")]


def _describe(package: str, name: str) -> CommandInfo:
    command: BaseCommand = import_module(f"{package}.management.commands.{name}").Command()
    parser = command.create_parser("manage.py", name)
    # ``add_arguments`` of the base class puts Django's own options into the same parser.
    shared = BaseCommand().create_parser("manage.py", name)
    common = {option for action in shared._actions for option in action.option_strings}
    options = tuple(
        option
        for action in parser._actions
        if action.help != SUPPRESS
        for option in action.option_strings
        if option.startswith("--") and option not in common
    )
    return CommandInfo(name, " ".join(str(command.help).split()), options)
