"""The examples of a guide, taken out of its Markdown and run as a reader would run them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

ELLIPSIS = "…"
SETUP = "sh setup"
BLOCK_END = "=== end of block ==="
FENCE = re.compile(r"^```(?P<language>[^\n`]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Block:
    """A fenced block and, when one follows, the text it is said to print."""

    language: str
    code: str
    prints: str | None = None


def parse_blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a Markdown text in order; a ``text`` block belongs to the one before it."""
    found: list[Block] = []
    for match in FENCE.finditer(text):
        language, code = match["language"].strip(), match["code"]
        if language != "text":
            found.append(Block(language, code))
        else:
            assert found[-1].prints is None, "two outputs in a row"
            found[-1].prints = code
    return found


def files_of(blocks: list[Block]) -> dict[str, str]:
    """Return the blocks that are whole files: their info string names the file after the language."""
    named = ((block.language.partition(" ")[2], block.code) for block in blocks)
    return {name: code for name, code in named if "." in name}


def matches_output(said: str, printed: str) -> bool:
    """Return whether ``printed`` is what the guide says; an ellipsis stands for anything within a line."""
    pattern = ".*?".join(re.escape(part) for part in said.strip().split(ELLIPSIS))
    return re.fullmatch(pattern, printed.strip()) is not None


def join_blocks(chosen: list[Block], print_mark: str) -> str:
    """Return the blocks as one program that prints ``MARK`` after each."""
    return "".join(f"{block.code}\n{print_mark}\n" for block in chosen)


def check_output(chosen: list[Block], output: str, localised: Callable[[str], str]) -> None:
    """Compare the output between the marks with what each block is said to print."""
    printed = output.split(BLOCK_END)
    assert len(printed) == len(chosen) + 1, f"the program stopped early:\n{output}"
    for block, text in zip(chosen, printed, strict=False):
        said = localised(block.prints or "")
        assert matches_output(said, text), f"{block.code}\nis said to print\n{said}\nbut printed\n{text}"
