"""URLs of the account API, below ``/api/v1/``."""

from django.urls import path

from accounts.api import (
    activity,
    api_tokens,
    email,
    images,
    me,
    password,
    proof,
    restore,
    sessions,
    tokens,
    totp,
)

urlpatterns = [
    path("auth/register", tokens.RegisterView.as_view(), name="api-register"),
    path("auth/token", tokens.TokenView.as_view(), name="api-token"),
    path("auth/token/refresh", tokens.RefreshView.as_view(), name="api-token-refresh"),
    path("auth/token/verify", tokens.VerifyView.as_view(), name="api-token-verify"),
    path("auth/logout", tokens.LogoutView.as_view(), name="api-logout"),
    path("auth/logout-all", sessions.LogoutAllView.as_view(), name="api-logout-all"),
    path("auth/sessions", sessions.SessionsView.as_view(), name="api-sessions"),
    path("auth/sessions/<str:session_id>", sessions.SessionView.as_view(), name="api-session"),
    path("auth/password/change", password.PasswordChangeView.as_view(), name="api-password-change"),
    path("auth/password/reset", password.PasswordResetView.as_view(), name="api-password-reset"),
    path(
        "auth/password/reset/confirm",
        password.PasswordResetConfirmView.as_view(),
        name="api-password-reset-confirm",
    ),
    path("auth/email/verify", email.EmailVerifyView.as_view(), name="api-email-verify"),
    path("auth/email/resend", email.EmailResendView.as_view(), name="api-email-resend"),
    path("auth/email/change", email.EmailChangeView.as_view(), name="api-email-change"),
    path("auth/totp", totp.TotpView.as_view(), name="api-totp"),
    path("auth/totp/setup", totp.TotpSetupView.as_view(), name="api-totp-setup"),
    path("auth/totp/enable", totp.TotpEnableView.as_view(), name="api-totp-enable"),
    path("auth/totp/disable", totp.TotpDisableView.as_view(), name="api-totp-disable"),
    path("auth/totp/recovery-codes", totp.RecoveryCodesView.as_view(), name="api-totp-recovery-codes"),
    path("auth/proof", proof.ProofView.as_view(), name="api-proof"),
    path("auth/api-tokens", api_tokens.ApiTokensView.as_view(), name="api-api-tokens"),
    path("auth/api-tokens/<str:token_id>", api_tokens.ApiTokenView.as_view(), name="api-api-token"),
    path("auth/activity", activity.ActivityView.as_view(), name="api-activity"),
    path("auth/restore", restore.RestoreView.as_view(), name="api-restore"),
    path("me", me.MeView.as_view(), name="api-me"),
    path("me/preferences", me.PreferencesView.as_view(), name="api-me-preferences"),
    path("me/avatar", images.AvatarView.as_view(), name="api-me-avatar"),
    path("me/cover", images.CoverView.as_view(), name="api-me-cover"),
]
