"""Addresses of members and organisations."""

from django.urls import path

from members import views, views_audit, views_second_factor

app_name = "members"

urlpatterns = [
    path("", views.member_list, name="list"),
    path("invite/", views.member_invite, name="invite"),
    path("invitations/<int:pk>/revoke/", views.invitation_revoke, name="revoke"),
    path("welcome/<str:token>/", views.accept, name="accept"),
    path("<int:pk>/deactivate/", views.member_deactivate, name="deactivate"),
    path("<int:pk>/reactivate/", views.member_reactivate, name="reactivate"),
    path("<int:pk>/second-factor/reset/", views_second_factor.reset, name="reset_factor"),
    path("audit/", views_audit.audit, name="audit"),
    path("audit/export/", views_audit.audit_export, name="audit_export"),
    path("organisations/", views.organisation_list, name="organisations"),
    path("organisations/new/", views.organisation_form, name="organisation_new"),
    path("organisations/<int:pk>/", views.organisation_form, name="organisation"),
]
