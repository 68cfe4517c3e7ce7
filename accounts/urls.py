"""URLs of account pages."""

from django.urls import path

from accounts.views import developers, devices, profile, sign_in

urlpatterns = [
    path("login", sign_in.login, name="login"),
    path("register", sign_in.register, name="register"),
    path("logout", sign_in.logout, name="logout"),
    path("settings/profile", profile.settings_profile, name="settings-profile"),
    path("settings/sessions", devices.settings_sessions, name="settings-sessions"),
    path("settings/sessions/<str:session_id>/revoke", devices.revoke_session, name="settings-session-revoke"),
    path("developers/tokens", developers.developers_tokens, name="developers-tokens"),
]
