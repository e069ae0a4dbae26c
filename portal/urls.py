"""URLs of the portal."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from knowledge.materials import use_views as uses
from portal import desk, offline, views

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
desk.settle(admin.site)  # before `urls` is read

urlpatterns = [
    path("", views.home, name="home"),
    path("trainers/", include("trainers.urls")),
    path("trainings/", include("trainings.urls")),
    path("trainings/<reference:reference>/materials/", uses.training_materials, name="training_materials"),
    path("knowledge/", include("knowledge.urls")),
    path("notifications/", include("notifications.urls")),
    path("reports/", include("reports.urls")),
    path("search/", include("search.urls")),
    path("members/", include("members.urls")),
    path("account/", include("members.account.urls")),
    path("desk/", admin.site.urls),
    path("healthz/", views.alive, name="alive"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path("readyz/", views.ready, name="ready"),
    path("waiting/token/", offline.token, name="waiting_token"),
    path("waiting/worker.js", offline.worker, name="offline_worker"),
    path("waiting/offline/", offline.offline, name="offline"),
]
if settings.BENCH:
    urlpatterns.append(path("bench/", include("bench.urls")))

handler500 = "portal.errors.server_error"
