"""URLs of the staff's registration pages, below ``/admin/``."""

from django.urls import path

from accounts.registration.views import invitations, queue

urlpatterns = [
    path("registrations/", queue.registration_queue, name="registration-queue"),
    path("invitations/", invitations.invitations_page, name="registration-invitations"),
    path(
        "invitations/<str:invitation_id>/revoke/",
        invitations.revoke_invitation,
        name="registration-invitation-revoke",
    ),
]
