"""URLs of the account API, below ``/api/v1/``."""

from django.urls import path

from accounts import api

urlpatterns = [
    path("auth/register", api.RegisterView.as_view(), name="api-register"),
    path("auth/token", api.TokenView.as_view(), name="api-token"),
    path("auth/token/refresh", api.RefreshView.as_view(), name="api-token-refresh"),
    path("auth/token/verify", api.VerifyView.as_view(), name="api-token-verify"),
    path("auth/logout", api.LogoutView.as_view(), name="api-logout"),
    path("auth/logout-all", api.LogoutAllView.as_view(), name="api-logout-all"),
    path("auth/sessions", api.SessionsView.as_view(), name="api-sessions"),
    path("auth/sessions/<str:session_id>", api.SessionView.as_view(), name="api-session"),
    path("me", api.MeView.as_view(), name="api-me"),
]
