"""URLs of notifications."""

from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.notification_list, name="list"),
    path("settings/", views.notification_settings, name="settings"),
    path("leave/<str:token>/", views.leave, name="leave"),
]
