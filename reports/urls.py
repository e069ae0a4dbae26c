"""URLs of the reports."""

from django.urls import path

from reports.cascade import views as cascade
from reports.coverage import views as coverage
from reports.indicators import views as indicators
from reports.people import views as people
from reports.quality import views as quality
from reports.snapshots import views as snapshots
from reports.standard import views as packs
from reports.strengths import views as strengths
from reports.trainers import views as trainers

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
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/sheet/", coverage.coverage_sheet, name="coverage_sheet"),
    path("coverage/strength/", strengths.strengths, name="strengths"),
    path("coverage/strength/new/", strengths.strength_new, name="strength_new"),
    path("coverage/strength/import/", strengths.strength_import, name="strength_import"),
    path("coverage/strength/<int:pk>/", strengths.strength, name="strength"),
    path("coverage/strength/<int:pk>/remove/", strengths.strength_remove, name="strength_remove"),
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/sheet/", indicators.indicators_sheet, name="indicators_sheet"),
    path("indicators/share/", indicators.indicator_share, name="indicator_share"),
    path("indicators/fact/", indicators.indicator_fact, name="indicator_fact"),
    path("indicators/<int:pk>/correct/", indicators.indicator_correct, name="indicator_correct"),
    path("indicators/<int:pk>/withdraw/", indicators.indicator_withdraw, name="indicator_withdraw"),
    path("quality/", quality.quality, name="quality"),
    path("quality/<str:kind>/", quality.rows, name="quality_rows"),
    path("quality/<str:kind>/sheet/", quality.sheet, name="quality_sheet"),
    path("snapshots/", snapshots.snapshots, name="snapshots"),
    path("snapshots/new/", snapshots.snapshot_new, name="snapshot_new"),
    path("snapshots/<int:pk>/", snapshots.snapshot, name="snapshot"),
    path("snapshots/<int:pk>/sheet/", snapshots.snapshot_sheet, name="snapshot_sheet"),
    path("snapshots/<int:pk>/show/", snapshots.snapshot_show, name="snapshot_show"),
]
