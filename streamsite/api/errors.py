"""REST framework's exceptions in the contract's one error form."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from streamsite import error_responses, errors
from streamsite.cache_headers import NEVER_STORED

CODE_BY_STATUS = {
    400: "validation_error",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    415: "unsupported_media_type",
    429: "throttled",
}


def exception_handler(exception: Exception, context: dict[str, object]) -> Response | None:
    """Return a response for errors that callers cause and for outages, ``None`` for faults of the site."""
    error = translate(exception)
    if error is None:
        return None
    request = context.get("request")
    error_responses.note_for_log(request, error, exception)
    response = Response(
        error_responses.error_body(error, getattr(request, "request_id", "")), status=error.status
    )
    NEVER_STORED.set_on(response)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    for name, value in error.headers.items():
        response[name] = value
    if error.status == status.HTTP_401_UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    return response


def translate(exception: Exception) -> errors.SiteError | None:
    """Return ``exception`` as a ``SiteError``, ``None`` when it is a fault of the site."""
    if isinstance(exception, exceptions.ValidationError):
        return errors.Invalid(
            _("Please fix the errors below."), fields=flatten_field_errors(exception.detail)
        )
    if isinstance(exception, DjangoValidationError):
        return errors.Invalid(_("Please fix the errors below."), fields=_django_field_errors(exception))
    if isinstance(exception, Http404):
        return errors.Absent()
    if isinstance(exception, PermissionDenied):
        return errors.Forbidden()
    if isinstance(exception, exceptions.NotAuthenticated):
        return errors.NotSignedIn()
    if isinstance(exception, exceptions.Throttled):
        return errors.Throttled(retry_after=int(getattr(exception, "wait", None) or 1) + 1)
    if isinstance(exception, exceptions.APIException):
        return _translate_api_exception(exception)
    return errors.from_exception(exception)


def _translate_api_exception(exception: exceptions.APIException) -> errors.SiteError:
    translated = errors.SiteError(str(exception.detail))
    translated.status = exception.status_code
    translated.code = CODE_BY_STATUS.get(exception.status_code, str(exception.default_code))
    if isinstance(exception, exceptions.ParseError):
        translated.code = "parse_error"
    return translated


def _django_field_errors(exception: DjangoValidationError) -> dict[str, list[str]]:
    if hasattr(exception, "error_dict"):
        return {name: list(messages) for name, messages in exception.message_dict.items()}
    return {"non_field_errors": list(exception.messages)}


def flatten_field_errors(detail: object, prefix: str = "") -> dict[str, list[str]]:
    """Return nested serializer errors as ``{"links.0.url": ["..."]}``."""
    if isinstance(detail, dict):
        merged: dict[str, list[str]] = {}
        for key, value in detail.items():
            merged |= flatten_field_errors(value, f"{prefix}.{key}" if prefix else str(key))
        return merged
    if isinstance(detail, list):
        if any(isinstance(entry, dict | list) for entry in detail):
            merged = {}
            for index, entry in enumerate(detail):
                if entry:
                    merged |= flatten_field_errors(entry, f"{prefix}.{index}" if prefix else str(index))
            return merged
        return {prefix or "non_field_errors": [str(entry) for entry in detail]}
    return {prefix or "non_field_errors": [str(detail)]}
