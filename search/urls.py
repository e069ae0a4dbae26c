"""URLs of the search."""

from django.urls import path

from search import views

app_name = "search"
urlpatterns = [
    path("", views.search, name="page"),
    path("save/", views.save, name="save"),
    path("saved/<int:pk>/remove/", views.forget, name="forget"),
]
