"""Examples of bodies, made from their schemas: each property has the value that its name stands for."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

SITE = "https://videos.example.org"
FORMATS: dict[str, object] = {
    "date-time": "2026-11-30T09:00:00.000Z",
    "date": "2026-11-30",
    "uri": f"{SITE}/watch/dQw4w9WgXcQ",
    "email": "ada@example.org",
    "binary": "(bytes of the file)",
}
# Properties that are null in examples: those of a first page.
NULLS = frozenset({"previous"})
# Values by the name of a property, or by ``Component.name``.
VALUES: dict[str, object] = {
    "id": "Xk29vQpL0aTzR4bM",
    "Video.id": "dQw4w9WgXcQ",
    "Card.id": "dQw4w9WgXcQ",
    "video_id": "dQw4w9WgXcQ",
    "video_ids": ["dQw4w9WgXcQ"],
    "featured": "dQw4w9WgXcQ",
    "trailer": "dQw4w9WgXcQ",
    "username": "ada",
    "login": "ada",
    "full_name": "Ada Lovelace",
    "email": "ada@example.org",
    "password": "correct horse battery staple",
    "current_password": "correct horse battery staple",
    "new_password": "a longer horse battery staple",
    "otp": "492039",
    "recovery_codes": ["7h2k-9fqx-3mvp"],
    "TotpStatus.recovery_codes": 10,
    "access": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "refresh": "srt_9Jk2Lm4Np6Qr8St0",
    "token": "sst_9Jk2Lm4Np6Qr8St0",
    "token_type": "Bearer",
    "expires_in": 600,
    "exp": 1796029200,
    "scopes": ["read", "upload"],
    "client": "native",
    "user_agent": "curl/8.11.0",
    "ip_prefix": "192.0.2.0/24",
    "secret": "JBSWY3DPEHPK3PXP",
    "otpauth_url": "otpauth://totp/Streamsite:ada?secret=JBSWY3DPEHPK3PXP",
    "qr_svg": "<svg></svg>",
    "bio": "Films about machines.",
    "links": ["https://example.org/ada"],
    "title": "Sailing around the cape",
    "description": "Three days with the wind behind us.",
    "text": "What a view!",
    "note": "For the long evening",
    "name": "Nightly backup",
    "label": "English",
    "tags": ["sailing", "sea"],
    "language": "en",
    "duration": 634.5,
    "width": 1920,
    "height": 1080,
    "position": 12,
    "progress": 1.0,
    "version": 3,
    "page_size": 20,
    "q": "sailing",
    "embed_domains": ["example.org"],
    "watched": [[0, 30]],
    "session": "3f9c2ab1",
    "start": 12.5,
    "end": 15.0,
    "at": 12.5,
    "share": 0.42,
    "filenames": ["2026-11-30_sailing.mp4"],
    "titles": ["Sailing"],
    "words": ["casino"],
    "time_zone": "Europe/Berlin",
    "endpoint": "https://push.example.net/send/9Jk2Lm4N",
    "parent": "Xk29vQpL0aTzR4bM",
    "avatar_url": f"{SITE}/media/profiles/9f/avatar.webp",
    "avatar_small_url": f"{SITE}/media/profiles/9f/avatar-small.webp",
    "thumbnail_url": f"{SITE}/media/p/9f/poster.webp",
    "hls_url": f"{SITE}/media/v/9f/master.m3u8",
    "download_url": f"{SITE}/media/v/9f/video.mp4",
    "next": f"{SITE}/api/v1/videos?cursor=eyJwIjpbMV19",
    "icon": "bell",
    "request_id": "369b62ca5b7c1493",
    "problems": [],
}
MAX_DEPTH = 6


class Examples:
    """Examples of the schemas of one document."""

    def __init__(self, components: dict[str, Schema]) -> None:
        self.components = components

    def of_answer(self, schema: Schema) -> object:
        """Return an answer with every property."""
        return self._value(schema, "", "", (), is_whole=True)

    def of_request(self, schema: Schema) -> object:
        """Return a body with the required properties, or with the first ones where none is required."""
        return self._value(schema, "", "", (), is_whole=False)

    def _value(
        self, schema: Schema, component: str, name: str, seen: tuple[str, ...], *, is_whole: bool
    ) -> Any:
        if "example" in schema:
            return schema["example"]
        reference = schema.get("$ref") or next((one.get("$ref") for one in schema.get("allOf", ())), None)
        if reference:
            target = reference.rsplit("/", 1)[1]
            if target in seen or len(seen) > MAX_DEPTH:
                return None
            return self._value(self.components[target], target, name, (*seen, target), is_whole=is_whole)
        if "oneOf" in schema:
            return self._value(schema["oneOf"][0], component, name, seen, is_whole=is_whole)
        if schema.get("type") == "object" or "properties" in schema:
            return self._object(schema, component, seen, is_whole=is_whole)
        if name in NULLS and schema.get("nullable") and schema.get("type") == "string":
            return None
        known = self._known(schema, component, name)
        if known is not None:
            return known
        if schema.get("type") == "array":
            entry = self._value(schema["items"], component, "", seen, is_whole=is_whole)
            return [] if entry is None else [entry]
        return self._plain(schema)

    def _object(self, schema: Schema, component: str, seen: tuple[str, ...], *, is_whole: bool) -> object:
        properties = schema.get("properties", {})
        names = list(properties)
        if not is_whole:
            names = [name for name in names if name in schema.get("required", ())] or names[:1]
        found = {}
        for name in names:
            value = self._value(properties[name], component, name, seen, is_whole=is_whole)
            if (
                value is None
                and not properties[name].get("nullable")
                and name not in schema.get("required", ())
            ):
                continue
            found[name] = value
        return found

    @staticmethod
    def _known(schema: Schema, component: str, name: str) -> object:
        """Return the value that the name stands for, if it is of the schema's type."""
        if "enum" in schema:
            return next((value for value in schema["enum"] if value), schema["enum"][0])
        plain = component.removeprefix("Patched").removesuffix("Request")
        value = VALUES.get(f"{plain}.{name}", VALUES.get(name))
        kinds: dict[str, tuple[type, ...]] = {
            "string": (str,), "integer": (int,), "number": (int, float), "array": (list,), "boolean": (bool,),
        }  # fmt: skip
        is_fit = isinstance(value, kinds.get(schema.get("type", ""), ()))
        return value if is_fit and schema.get("format") not in {"date-time", "date", "binary"} else None

    @staticmethod
    def _plain(schema: Schema) -> object:
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type")
        if kind in {"integer", "number"}:
            return max(schema.get("minimum", 1), 1) if schema.get("maximum", 1) >= 1 else schema["maximum"]
        if kind == "boolean":
            return schema.get("default", False)
        return FORMATS.get(schema.get("format", ""), "sailing")
