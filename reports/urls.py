"""The addresses of the reports."""

from django.urls import path

from reports.views import cascade, people, trainers

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
]
