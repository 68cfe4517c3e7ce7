"""Error responses as components: many operations answer with the same ones."""

from __future__ import annotations

import json
import re
from typing import Any

Json = dict[str, Any]

# How the description of an error response names its codes.
CODE = re.compile(r"^\* `(\w+)`: ", re.MULTILINE)


def share_errors(document: Json) -> None:
    """Move error responses to the components, each once, named for its status and codes."""
    shared: dict[str, Json] = {}
    names: dict[str, str] = {}
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status >= "400":
                    key = f"{status} {json.dumps(answer, sort_keys=True)}"
                    if key not in names:
                        names[key] = _name(status, answer, shared)
                        shared[names[key]] = answer
                    operation["responses"][status] = {"$ref": f"#/components/responses/{names[key]}"}
    document["components"]["responses"] = dict(sorted(shared.items()))


def _name(status: str, answer: Json, taken: Json) -> str:
    """Return a name that no other answer has: of the codes, of what it lacks, and a number where that is not enough."""
    words = "Or".join(code.title().replace("_", "") for code in CODE.findall(answer["description"]))
    name = f"E{status}{words or 'Body'}"
    name += "" if "content" in answer else "WithoutBody"
    name += "" if "RateLimit-Limit" in answer["headers"] else "Unlimited"
    others = sum(1 for one in taken if one.rstrip("0123456789") == name)
    return f"{name}{others + 1}" if others else name
