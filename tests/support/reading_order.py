"""The accessibility tree of a part of a page, from Chromium, as indented lines, in reading order.

One line holds the role, the name, the states that are announced, the value, and the description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

Node = dict[str, Any]

# Announced when they are set.
STATES = ("modal", "disabled", "required", "readonly", "invalid")
# Announced whichever they are.
SWITCHES = {
    "expanded": ("collapsed", "expanded"),
    "pressed": ("not pressed", "pressed"),
    "checked": ("not checked", "checked"),
}
SILENT = {"none", "generic", "LabelText", "Legend", "LineBreak", "ListMarker", "time", "strong", "mark"}
DISCLOSURE = "DisclosureTriangle"
# Announced by their names only.
PLAIN = {"form", "group", "paragraph"}
NAMED_BY_TEXT = {
    "button",
    "link",
    "heading",
    "checkbox",
    "radio",
    "switch",
    "menuitem",
    "menuitemcheckbox",
    "option",
}
WHOLE = {"textbox", "slider", "searchbox", "combobox", "progressbar", "spinbutton"}
ROLES = {"StaticText": "text", "sectionfooter": "contentinfo", "LabelText": "label", "DateTime": "date"}
LANDMARKS = {"banner", "navigation", "search", "main", "region", "complementary", "contentinfo", "heading"}
# What differs from run to run.
VARYING = (
    (re.compile(r"\b\d+ (second|minute)s? ago\b|\bjust now\b"), "just now"),
    (re.compile(r"(/watch/|/embed/)[\w-]{11}"), r"\1ID"),
    (re.compile(r"\bof \d seconds\b"), "of 3 seconds"),
    (re.compile(r"http://localhost:\d+"), "ORIGIN"),
)


def reading_order(page: Page, selector: str) -> str:
    """Return the lines of the first element that ``selector`` finds."""
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    document = session.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
    found = session.send("DOM.querySelector", {"nodeId": document["nodeId"], "selector": selector})
    top = session.send("DOM.describeNode", {"nodeId": found["nodeId"]})["node"]["backendNodeId"]
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    tree = _Tree(nodes, dict(_attributes(document)))
    text = "\n".join(tree.lines(tree.at(top), 0)) + "\n"
    for pattern, constant in VARYING:
        text = pattern.sub(constant, text)
    return text


def outline(text: str) -> str:
    """Return the landmarks and headings among the lines of ``reading_order``."""
    return "".join(line + "\n" for line in text.splitlines() if line.split()[0] in LANDMARKS)


def _attributes(node: Node) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the attributes of every element, shadow trees included: some states are in no property."""
    listed = node.get("attributes", [])
    yield node["backendNodeId"], dict(zip(listed[::2], listed[1::2], strict=True))
    for child in (*node.get("shadowRoots", []), *node.get("children", [])):
        yield from _attributes(child)


def _value(node: Node, key: str) -> str:
    return str(node.get(key, {}).get("value", ""))


class _Tree:
    def __init__(self, nodes: list[Node], attributes: dict[int, dict[str, str]]) -> None:
        self._nodes = {node["nodeId"]: node for node in nodes}
        self._attributes = attributes

    def at(self, element: int) -> Node:
        """Return the node of an element."""
        return next(node for node in self._nodes.values() if node.get("backendDOMNodeId") == element)

    def _children(self, node: Node) -> list[Node]:
        return [self._nodes[child] for child in node.get("childIds", []) if child in self._nodes]

    def _text(self, node: Node) -> str:
        if _value(node, "role") == "StaticText":
            return _value(node, "name")
        return "".join(map(self._text, self._children(node)))

    def lines(self, node: Node, depth: int) -> Iterator[str]:
        """Yield the line of a node and those of what is in it, unless its name says all of it."""
        role, name = _value(node, "role"), " ".join(_value(node, "name").split())
        if role == "InlineTextBox" or (role == "StaticText" and not name):
            return
        states = list(self._states(node))
        is_told = not node.get("ignored") and (
            role not in SILENT or (role == "generic" and bool(states or name))
        )
        is_told = is_told and (bool(name) or role not in PLAIN)
        if is_told:
            yield "  " * depth + self._line(node, role, name, states)
        is_whole = is_told and role in WHOLE
        for child in [] if is_whole else self._children(node):
            said = " ".join(self._text(child).split())
            is_named = is_told and (role in NAMED_BY_TEXT or role.startswith(DISCLOSURE))
            if is_named and said and said in name and not self._has_control(child):
                continue
            yield from self.lines(child, depth + is_told)

    def _has_control(self, node: Node) -> bool:
        is_one = not node.get("ignored") and _value(node, "role") not in SILENT | {
            "StaticText",
            "InlineTextBox",
        }
        return is_one or any(map(self._has_control, self._children(node)))

    def _line(self, node: Node, role: str, name: str, states: list[str]) -> str:
        role = "disclosure" if role.startswith(DISCLOSURE) else ROLES.get(role, role)
        given = self._attributes.get(node.get("backendDOMNodeId", 0), {})
        value = given.get("aria-valuetext") or _value(node, "value")
        parts = [role, f'"{name}"' if name else "", f"[{', '.join(states)}]" if states else ""]
        parts += [
            f"= {value!r}" if value else "",
            f"({told})" if (told := _value(node, "description")) else "",
        ]
        return " ".join(filter(None, parts))

    def _states(self, node: Node) -> Iterator[str]:
        properties = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
        given = self._attributes.get(node.get("backendDOMNodeId", 0), {})
        if _value(node, "role") == "heading":
            yield f"level {properties.get('level')}"
        for name, words in SWITCHES.items():
            if name in properties:
                yield words[str(properties[name]).lower() == "true"]
        yield from (name for name in STATES if properties.get(name) not in {None, False, "false"})
        if properties.get("hasPopup") and _value(node, "role") != "combobox":
            yield f"opens {properties['hasPopup']}"
        if properties.get("live"):
            yield f"live {properties['live']}"
        if "aria-current" in given:
            yield f"current {given['aria-current']}"
