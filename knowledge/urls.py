"""Addresses of knowledge. The words before `<slug>/` are no post's address: see actions.posts.TAKEN_SLUGS."""

from django.urls import include, path

from knowledge.views import posts

app_name = "knowledge"

of_one = [
    path("", posts.post_detail, name="detail"),
    path("edit/", posts.post_edit, name="edit"),
    path("history/", posts.post_history, name="history"),
    path("publish/", posts.post_publish, name="publish"),
    path("delete/", posts.post_delete, name="delete"),
    path("pin/", posts.post_pin, name="pin"),
]

urlpatterns = [
    path("", posts.post_list, name="list"),
    path("new/", posts.post_new, name="new"),
    path("preview/", posts.post_preview, name="preview"),
    path("<slug:slug>/", include(of_one)),
]
