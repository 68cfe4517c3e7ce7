"""URLs of the staff's registration pages, below ``/admin/``."""

from django.urls import path

from accounts.registration.views import invitations, queue
from accounts.views import identity_providers

urlpatterns = [
    path("registrations/", queue.registration_queue, name="registration-queue"),
    path("invitations/", invitations.invitations_page, name="registration-invitations"),
    path(
        "invitations/<str:invitation_id>/revoke/",
        invitations.revoke_invitation,
        name="registration-invitation-revoke",
    ),
    path("identity-providers/", identity_providers.identity_providers, name="identity-providers"),
    path(
        "identity-providers/<slug:provider_id>/",
        identity_providers.identity_provider,
        name="identity-provider",
    ),
    path(
        "identity-providers/<slug:provider_id>/remove/",
        identity_providers.remove_identity_provider,
        name="identity-provider-remove",
    ),
]
