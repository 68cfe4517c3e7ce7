"""The guide for developers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def developers_tokens(request: HttpRequest) -> HttpResponse:
    """The guide to access and refresh tokens."""
    return render(request, "developers/tokens.html")
