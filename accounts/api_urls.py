"""URLs of the account API, below ``/api/v1/``."""

from django.urls import path

from accounts.api import me, sessions, tokens

urlpatterns = [
    path("auth/register", tokens.RegisterView.as_view(), name="api-register"),
    path("auth/token", tokens.TokenView.as_view(), name="api-token"),
    path("auth/token/refresh", tokens.RefreshView.as_view(), name="api-token-refresh"),
    path("auth/token/verify", tokens.VerifyView.as_view(), name="api-token-verify"),
    path("auth/logout", tokens.LogoutView.as_view(), name="api-logout"),
    path("auth/logout-all", sessions.LogoutAllView.as_view(), name="api-logout-all"),
    path("auth/sessions", sessions.SessionsView.as_view(), name="api-sessions"),
    path("auth/sessions/<str:session_id>", sessions.SessionView.as_view(), name="api-session"),
    path("me", me.MeView.as_view(), name="api-me"),
]
