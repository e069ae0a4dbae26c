"""URLs of trainers."""

from django.urls import path

from trainers import views

app_name = "trainers"

urlpatterns = [
    path("", views.trainer_list, name="list"),
    path("topics/", views.topic_list, name="topics"),
    path("topics/new/", views.topic_form, name="topic_new"),
    path("topics/<int:pk>/", views.topic_form, name="topic_edit"),
    path("<slug:slug>/", views.trainer_detail, name="detail"),
    path("<slug:slug>/edit/", views.trainer_edit, name="edit"),
    path("<slug:slug>/photo.jpg", views.trainer_photo, name="photo"),
]
