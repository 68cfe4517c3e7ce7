"""URLs of account pages."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("login", views.login, name="login"),
    path("register", views.register, name="register"),
    path("logout", views.logout, name="logout"),
    path("settings/profile", views.settings_profile, name="settings-profile"),
    path("settings/sessions", views.settings_sessions, name="settings-sessions"),
    path("settings/sessions/<str:session_id>/revoke", views.revoke_session, name="settings-session-revoke"),
    path("developers/tokens", views.developers_tokens, name="developers-tokens"),
]
