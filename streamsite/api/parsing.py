"""A strict JSON parser, which refuses ambiguous, oversized and wrongly encoded bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.parsers import BaseParser

from streamsite.errors import Invalid, TooLarge

MAX_DEPTH = 32
MAX_DIGITS = 30


class JSONParseError(Invalid):
    """The body is not valid JSON."""

    code = "parse_error"
    detail = gettext_lazy("The request body isn't valid JSON.")


class StrictJSONParser(BaseParser):
    """UTF-8 JSON objects: no duplicate keys, NUL, lone surrogates, NaN, huge numbers or deep nesting."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, object] | None = None,
    ) -> dict[str, object]:
        """Return the body as an object. Raise ``JSONParseError`` or ``TooLarge``."""
        raw = stream.read(settings.MAX_JSON_BYTES + 1)
        if len(raw) > settings.MAX_JSON_BYTES:
            raise TooLarge(
                _("The JSON body is too large. The limit is %(limit)d bytes.")
                % {"limit": settings.MAX_JSON_BYTES}
            )
        return parse_json_object(raw)


def parse_json_object(raw: bytes) -> dict[str, object]:
    """Return ``raw`` as an object. Raises ``JSONParseError``."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise JSONParseError(_("The request body isn't UTF-8.")) from None
    if not text.strip():
        return {}
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_build_object,
            parse_constant=_reject_constant,
            parse_int=_parse_int,
            parse_float=_parse_float,
        )
    except (ValueError, RecursionError):
        raise JSONParseError from None
    if not isinstance(value, dict):
        raise JSONParseError(_("The request body must be a JSON object."))
    return value


def _check_depth(text: str) -> None:
    depth = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise JSONParseError(
                    _("The JSON is nested too deeply. The limit is %(limit)d levels.") % {"limit": MAX_DEPTH}
                )
        elif character in "]}":
            depth -= 1


def _build_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, value in pairs:
        if key in result:
            raise JSONParseError(_("A JSON object contains the same key twice."))
        _check_text(key)
        _check_value(value)
        result[key] = value
    return result


def _check_value(value: object) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list):
        for entry in value:
            _check_value(entry)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise JSONParseError(_("JSON text can't contain NUL characters."))
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise JSONParseError(_("JSON text can't contain lone surrogates."))


def _reject_constant(name: str) -> NoReturn:
    raise JSONParseError(_("%(name)s isn't valid JSON.") % {"name": name})


def _parse_int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise JSONParseError(_("A number has too many digits."))
    return int(digits)


def _parse_float(digits: str) -> float:
    value = float(digits) if len(digits) <= MAX_DIGITS * 2 else float("inf")
    if value in {float("inf"), float("-inf")}:
        raise JSONParseError(_("A number is too large."))
    return value
