"""The addresses of the reports."""

from django.urls import path

from reports.views import packs, people, quality, snapshots

app_name = "reports"

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/trainings/", people.behind, name="behind"),
    path("people/sheet/", people.sheet, name="sheet"),
    path("packs/", packs.packs, name="packs"),
    path("packs/make/", packs.pack, name="pack"),
    path("packs/releases/", packs.releases, name="releases"),
    path("packs/releases/<int:pk>/withdraw/", packs.release_withdraw, name="release_withdraw"),
    path("packs/contributions/", packs.contributions, name="contributions"),
    path("packs/contributions/<int:pk>/", packs.contributions, name="contribution"),
    path("quality/", quality.quality, name="quality"),
    path("quality/<str:kind>/", quality.rows, name="quality_rows"),
    path("quality/<str:kind>/sheet/", quality.sheet, name="quality_sheet"),
    path("snapshots/", snapshots.snapshots, name="snapshots"),
    path("snapshots/new/", snapshots.snapshot_new, name="snapshot_new"),
    path("snapshots/<int:pk>/", snapshots.snapshot, name="snapshot"),
    path("snapshots/<int:pk>/sheet/", snapshots.snapshot_sheet, name="snapshot_sheet"),
    path("snapshots/<int:pk>/show/", snapshots.snapshot_show, name="snapshot_show"),
]
