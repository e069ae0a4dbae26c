"""The addresses of the reports."""

from django.urls import path

from reports.views import people

app_name = "reports"

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/trainings/", people.behind, name="behind"),
    path("people/sheet/", people.sheet, name="sheet"),
]
