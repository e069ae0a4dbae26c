"""The addresses of the reports."""

from django.urls import path

from reports.views import cascade, coverage, indicators, packs, people, quality, snapshots, strengths, trainers

app_name = "reports"

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/trainings/", people.behind, name="behind"),
    path("people/sheet/", people.sheet, name="sheet"),
    path("trainers/", trainers.trainers, name="trainers"),
    path("trainers/sheet/", trainers.sheet, name="trainers_sheet"),
    path("trainers/<slug:slug>/trainings/", trainers.deliveries, name="deliveries"),
    path("trainers/<slug:slug>/portfolio.pdf", trainers.portfolio, name="portfolio"),
    path("cascade/", cascade.cascade, name="cascade"),
    path("packs/", packs.packs, name="packs"),
    path("packs/make/", packs.pack, name="pack"),
    path("packs/releases/", packs.releases, name="releases"),
    path("packs/releases/<int:pk>/withdraw/", packs.release_withdraw, name="release_withdraw"),
    path("packs/contributions/", packs.contributions, name="contributions"),
    path("packs/contributions/<int:pk>/", packs.contributions, name="contribution"),
from reports.views import cascade, coverage, indicators, packs, people, quality, snapshots, strengths, trainers
    path("snapshots/", snapshots.snapshots, name="snapshots"),
    path("snapshots/new/", snapshots.snapshot_new, name="snapshot_new"),
    path("snapshots/<int:pk>/", snapshots.snapshot, name="snapshot"),
    path("snapshots/<int:pk>/sheet/", snapshots.snapshot_sheet, name="snapshot_sheet"),
    path("snapshots/<int:pk>/show/", snapshots.snapshot_show, name="snapshot_show"),
]
