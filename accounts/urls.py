"""URLs of account pages."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from accounts.registration.views import setup
from accounts.views import (
    api_tokens,
    deletion,
    developers,
    devices,
    email_links,
    jwks,
    language,
    oidc,
    passkeys,
    profile,
    profile_images,
    providers,
    reauthentication,
    security,
    sign_in,
    unsubscribe,
)
from streamsite.view_helpers import redirect_view

urlpatterns = [
    path("login", sign_in.login, name="login"),
    path("login/code", sign_in.login_code, name="login-code"),
    path("login/passkey", sign_in.login_passkey, name="login-passkey"),
    path("login/with/<str:provider_id>", oidc.oidc_start, name="oidc-start"),
    path("login/with/<str:provider_id>/callback", oidc.oidc_callback, name="oidc-callback"),
    path("login/new", oidc.oidc_register, name="oidc-register"),
    path("register", sign_in.register, name="register"),
    path("register/waiting", sign_in.register_waiting, name="register-waiting"),
    path("signin", login_not_required(redirect_view("login")), name="signin"),
    path("signup", login_not_required(redirect_view("register")), name="signup"),
    path("setup", setup.setup, name="setup"),
    path("logout", sign_in.logout, name="logout"),
    path("settings", profile.settings_index, name="settings"),
    path("account", redirect_view("settings")),
    path("settings/profile", profile.settings_profile, name="settings-profile"),
    path("settings/profile/remove-picture", profile.remove_profile_image, name="settings-remove-picture"),
    path("settings/preferences", profile.settings_preferences, name="settings-preferences"),
    path("language", language.choose_language, name="language"),
    path("settings/sessions", devices.settings_sessions, name="settings-sessions"),
    path("settings/sessions/revoke-others", devices.revoke_others, name="settings-sessions-revoke-others"),
    path("settings/sessions/<str:session_id>/revoke", devices.revoke_session, name="settings-session-revoke"),
    path("settings/security", security.settings_security, name="settings-security"),
    path("settings/security/password", security.change_password, name="settings-password"),
    path("settings/security/email", security.change_email, name="settings-email"),
    path("settings/security/email/resend", security.resend_email, name="settings-email-resend"),
    path("settings/security/totp", security.setup_totp, name="settings-totp"),
    path("settings/security/totp/enable", security.enable_totp, name="settings-totp-enable"),
    path("settings/security/totp/disable", security.disable_totp, name="settings-totp-disable"),
    path(
        "settings/security/totp/recovery-codes", security.renew_recovery_codes, name="settings-recovery-codes"
    ),
    path("settings/security/activity", security.activity, name="settings-activity"),
    path("settings/security/passkeys", passkeys.settings_passkeys, name="settings-passkeys"),
    path(
        "settings/security/passkeys/<str:passkey_id>/rename",
        passkeys.rename_passkey,
        name="settings-passkey-rename",
    ),
    path(
        "settings/security/passkeys/<str:passkey_id>/remove",
        passkeys.remove_passkey,
        name="settings-passkey-remove",
    ),
    path("settings/security/providers", providers.settings_providers, name="settings-providers"),
    path("settings/security/providers/confirm", providers.confirm_link, name="settings-providers-confirm"),
    path(
        "settings/security/providers/<str:identity_id>/unlink",
        providers.unlink,
        name="settings-provider-unlink",
    ),
    path("settings/confirm", reauthentication.confirm_identity, name="settings-confirm"),
    path("settings/api-tokens", api_tokens.api_tokens_page, name="settings-api-tokens"),
    path(
        "settings/api-tokens/<str:token_id>/revoke",
        api_tokens.revoke_api_token,
        name="settings-api-token-revoke",
    ),
    path("settings/delete", deletion.delete_account, name="settings-delete"),
    path("verify-email", email_links.verify_email, name="verify-email"),
    path("forgot-password", email_links.forgot_password, name="forgot-password"),
    path("reset-password", email_links.reset_password, name="reset-password"),
    path("unsubscribe", unsubscribe.unsubscribe, name="unsubscribe"),
    path("unsubscribe/undo", unsubscribe.undo_unsubscribe, name="unsubscribe-undo"),
    path("restore", deletion.restore_account, name="restore"),
    path(
        "media/profiles/<str:folder>/<str:name>", profile_images.serve_profile_image, name="profile-picture"
    ),
    path("developers", redirect_view("developers-tokens"), name="developers"),
    path("developers/tokens", developers.developers_tokens, name="developers-tokens"),
    path("docs", redirect_view("developers-tokens")),
    path(".well-known/jwks.json", jwks.key_set, name="jwks"),
    path(
        ".well-known/change-password",
        login_not_required(redirect_view("settings-security")),
        name="change-password",
    ),
]
