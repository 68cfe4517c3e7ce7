"""Descriptions of properties that say nothing themselves, by name or as ``Component.name``.

A description in ``Annotated`` or ``help_text`` comes first; the tables are for names that mean the same everywhere.
The names of components are those of the document, without ``Patched`` and ``Request``.
"""

from __future__ import annotations

from streamsite.api.document.words import accounts, community, playlists, programs, shared, studio, videos

PROPERTIES: dict[str, str] = {
    **shared.PROPERTIES,
    **accounts.PROPERTIES,
    **videos.PROPERTIES,
    **playlists.PROPERTIES,
    **community.PROPERTIES,
    **studio.PROPERTIES,
    **programs.PROPERTIES,
}


def describe_property(component: str, name: str) -> str:
    """Return the description of a property, "" if no table has one."""
    plain = component.removeprefix("Patched").removesuffix("Request")
    return (
        PROPERTIES.get(f"{component}.{name}") or PROPERTIES.get(f"{plain}.{name}") or PROPERTIES.get(name, "")
    )
