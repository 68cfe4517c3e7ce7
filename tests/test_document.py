"""The OpenAPI document says everything that a program needs, of every operation. A failure names what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest

from streamsite.api.document import about, codes, complete, parameters, response_headers, words
from streamsite.api.document.answers import share_errors
from streamsite.api.views import generate_schema
from tests.test_schema_answers import _validator

METHODS_WITH_BODY = {"post", "put", "patch"}


@cache
def _document() -> dict[str, Any]:
    return {**generate_schema()}


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in _document()["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path} ({operation['operationId']})", operation


def _answer(answer: dict[str, Any]) -> dict[str, Any]:
    name = answer.get("$ref", "").rsplit("/", 1)[-1]
    return _document()["components"]["responses"][name] if name else answer


def test_every_operation_has_a_summary_a_description_and_a_described_tag() -> None:
    missing = []
    for name, operation in _operations():
        summary = operation.get("summary", "")
        if not 5 < len(summary) <= 100 or summary.endswith("."):
            missing.append(f"{name}: the first sentence of its docstring is its summary, 6 to 100 characters")
        if not operation.get("description"):
            missing.append(f"{name}: a docstring")
        missing += [
            f"{name}: the tag {tag} in TAGS of streamsite/api/document/about.py"
            for tag in operation["tags"]
            if tag not in about.TAGS
        ]
    assert missing == []


def test_every_tag_is_used() -> None:
    used = {tag for _, operation in _operations() for tag in operation["tags"]}
    assert used == set(about.TAGS)


def test_every_operation_has_an_id_of_its_own() -> None:
    ids = [operation["operationId"] for _, operation in _operations()]
    assert len(ids) == len(set(ids))


def test_every_property_says_what_it_is() -> None:
    missing = [
        f"{component}.{name}: a description in Annotated or help_text, or in streamsite/api/document/words/"
        for component, schema in _document()["components"]["schemas"].items()
        for name, given in schema.get("properties", {}).items()
        if not given.get("description") or given["description"].startswith("* ")
    ]
    assert missing == []


def test_every_component_says_what_it_is() -> None:
    missing = [
        name for name, schema in _document()["components"]["schemas"].items() if not schema.get("description")
    ]
    assert missing == []


def test_every_parameter_says_what_it_is() -> None:
    missing = [
        f"{name}: the parameter {one['name']}: a description, or a row in streamsite/api/document/parameters.py"
        for name, operation in _operations()
        for one in operation.get("parameters", ())
        if not one.get("description") or one["description"].startswith("* ")
    ]
    assert missing == []


def test_every_path_parameter_has_an_example() -> None:
    missing = [
        f"{name}: {one['name']} in PATHS of streamsite/api/document/parameters.py"
        for name, operation in _operations()
        for one in operation.get("parameters", ())
        if one["in"] == "path" and "example" not in one
    ]
    assert missing == []


def test_every_body_has_an_example_that_fits_its_schema() -> None:
    faults = []
    for name, operation in _operations():
        bodies = [("request", operation["requestBody"])] if "requestBody" in operation else []
        bodies += [(status, _answer(answer)) for status, answer in operation["responses"].items()]
        for of, body in bodies:
            for kind, content in body.get("content", {}).items():
                given = [one["value"] for one in content.get("examples", {}).values()]
                given += [content["example"]] if "example" in content else []
                if not given:
                    faults.append(f"{name}: {of} {kind} has no example")
                validator = _validator(_document(), content["schema"])
                faults += [
                    f"{name}: {of} {kind}: {error.json_path}: {error.message}"
                    for one in given
                    for error in validator.iter_errors(one)
                ]
    assert faults == []


def test_examples_of_requests_are_not_empty() -> None:
    empty = [
        f"{name} {kind}: a value in BODIES_BY_HAND of streamsite/api/document/complete.py"
        for name, operation in _operations()
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
        if content["example"] in ({}, None, "")
    ]
    assert empty == []


def test_every_status_says_when_it_happens_and_names_its_headers() -> None:
    faults = []
    for name, operation in _operations():
        statuses = operation["responses"]
        assert [one for one in statuses if one < "400"], name
        for status, answer in statuses.items():
            whole = _answer(answer)
            if not whole.get("description"):
                faults.append(f"{name}: {status} has no description")
            if not whole.get("headers"):
                faults.append(f"{name}: {status} has no headers")
            is_probe = operation["operationId"] == "readyz"
            if status in {"429", "503"} and "Retry-After" not in whole["headers"] and not is_probe:
                faults.append(f"{name}: {status} has no Retry-After")
    assert faults == []


def test_error_responses_that_differ_have_names_of_their_own() -> None:
    document: dict[str, Any] = {"paths": {"/a": {}}, "components": {}}
    answers = [
        {"description": "* `not_found`: No.", "headers": {}},
        {"description": "* `not_found`: No.", "headers": {"Allow": {}}},
        {"description": "* `not_found`: No.", "headers": {"RateLimit-Limit": {}}, "content": {}},
        {"description": "Something else.", "headers": {}, "content": {}},
    ]
    for number, answer in enumerate(answers):
        document["paths"]["/a"][str(number)] = {"responses": {"404": dict(answer)}}
    share_errors(document)
    shared = document["components"]["responses"]
    for number, answer in enumerate(answers):
        reference = document["paths"]["/a"][str(number)]["responses"]["404"]["$ref"]
        assert shared[reference.rsplit("/", 1)[1]] == answer
    assert len(shared) == len(answers)


def test_operations_that_take_a_body_say_what_is_refused() -> None:
    for name, operation in _operations():
        if "requestBody" in operation:
            assert {"400", "413", "415"} <= operation["responses"].keys(), name
    document = json.dumps(_document()["components"]["responses"])
    assert all(f"`{code}`" in document for _, code in codes.CODES)


def test_tables_have_no_rows_for_what_is_gone() -> None:
    ids = {operation["operationId"] for _, operation in _operations()}
    for table in (
        *(codes.OPERATION_CODES, response_headers.OF_OPERATION, response_headers.NOT_CONDITIONAL),
        *(response_headers.VERSIONED, complete.BODIES_BY_HAND),
    ):
        assert set(table) - ids == set()
    used = {one["name"] for _, operation in _operations() for one in operation.get("parameters", ())}
    assert set(parameters.PATHS) - used == set()
    assert {name for _, name in parameters.OTHERS} - used == set()
    headers = json.dumps([_document()["paths"], _document()["components"]["responses"]])
    assert [one for one in response_headers.HEADERS if f"/headers/{one}" not in headers] == []


def test_words_are_of_properties_that_exist() -> None:
    schemas = _document()["components"]["schemas"]
    plain = {name.removeprefix("Patched").removesuffix("Request") for name in schemas} | set(schemas)
    names = {one for schema in schemas.values() for one in schema.get("properties", {})}
    for key in words.PROPERTIES:
        component, _, name = key.rpartition(".")
        assert name in names, key
        assert not component or component in plain, key


def test_methods_of_authentication_say_what_is_sent() -> None:
    schemes = _document()["components"]["securitySchemes"]
    assert set(schemes) == {"bearer", "api_token", "page_session"}
    assert "Authorization: Bearer" in schemes["bearer"]["description"]
    assert "Authorization: Token sst_" in schemes["api_token"]["description"]
    assert "X-CSRFToken" in schemes["page_session"]["description"]


def test_creations_that_honor_a_key_name_it() -> None:
    given = {
        operation["operationId"]
        for _, operation in _operations()
        for one in operation.get("parameters", ())
        if one["name"] == "Idempotency-Key"
    }
    assert {"video_comment", "playlists_create", "uploads_create", "videos_upload", "posts_create"} <= given
    assert not given & {"auth_token", "auth_register", "studio_videos_bulk"}


def test_addresses_have_their_format() -> None:
    schemas = _document()["components"]["schemas"]
    assert schemas["Video"]["properties"]["hls_url"]["format"] == "uri"
    assert schemas["PageOfCards"]["properties"]["next"]["format"] == "uri"
    assert schemas["Channel"]["properties"]["links"]["items"]["format"] == "uri"


@pytest.mark.parametrize(
    ("site", "server"),
    [("https://video.example.org", "https://video.example.org"), ("http://localhost:8000", "/")],
)
def test_the_server_is_the_site_or_the_documents_own_where_that_has_no_name(settings, site, server) -> None:
    settings.SITE_URL = site
    assert [one["url"] for one in generate_schema()["servers"]] == [server]  # type: ignore[typeddict-item]


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError, match=r"404.*no_such_code"):
        codes.codes_of(["404 no_such_code"])


def test_validator_of_these_tests_sees_faults() -> None:
    validator = _validator(_document(), {"$ref": "#/components/schemas/Error"})
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"code": "x"})
