"""The addresses of the reports."""

from django.urls import path

from reports.views import cascade, people, snapshots, trainers

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
    path("snapshots/", snapshots.snapshots, name="snapshots"),
    path("snapshots/new/", snapshots.snapshot_new, name="snapshot_new"),
    path("snapshots/<int:pk>/", snapshots.snapshot, name="snapshot"),
    path("snapshots/<int:pk>/sheet/", snapshots.snapshot_sheet, name="snapshot_sheet"),
    path("snapshots/<int:pk>/show/", snapshots.snapshot_show, name="snapshot_show"),
]
