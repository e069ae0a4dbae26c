"""URLs of members and organisations."""

from django.urls import path

from members import views as desk
from members.audit_log import views as audit
from members.invitations import views as invitations
from members.join_requests import views as joining
from members.organisations import views as organisations
from members.second_factor import views as second_factor

app_name = "members"

urlpatterns = [
    path("", desk.member_list, name="list"),
    path("export/", desk.member_export, name="export"),
    path("roles/", desk.roles, name="roles"),
    path("join/", joining.join, name="join"),
    path("requests/<int:pk>/approve/", joining.approve, name="approve"),
    path("requests/<int:pk>/decline/", joining.decline, name="decline"),
    path("invite/", invitations.member_invite, name="invite"),
    path("invite/list/", invitations.invite_list, name="invite_list"),
    path("invitations/<int:pk>/revoke/", invitations.invitation_revoke, name="revoke"),
    path("invitations/<int:pk>/resend/", invitations.invitation_resend, name="resend"),
    path("welcome/<str:token>/", invitations.accept, name="accept"),
    path("<int:pk>/", desk.member_detail, name="detail"),
    path("<int:pk>/edit/", desk.member_edit, name="edit"),
    path("<int:pk>/roles/", desk.member_roles, name="member_roles"),
    path("<int:pk>/deactivate/", desk.member_deactivate, name="deactivate"),
    path("<int:pk>/reactivate/", desk.member_reactivate, name="reactivate"),
    path("<int:pk>/second-factor/reset/", second_factor.reset, name="reset_factor"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.audit_export, name="audit_export"),
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("organisations/new/", organisations.organisation_form, name="organisation_new"),
    path("organisations/<int:pk>/", organisations.organisation_form, name="organisation"),
]
