"""Addresses of knowledge. The words before `<slug>/` are no post's address: see actions.posts.TAKEN_SLUGS."""

from django.urls import URLPattern, URLResolver, include, path

from knowledge.views import choices, materials, posts

app_name = "knowledge"

of_one_material = [
    path("", materials.material, name="material"),
    path("edit/", materials.material_edit, name="material_edit"),
    path("new-version/", materials.material_version, name="version_new"),
    path("remove/", materials.material_remove, name="material_remove"),
    path("<int:number>/", materials.material, name="material_version"),
    path("<int:number>/download/", materials.material_download, name="material_download"),
    path("<int:number>/page-<int:page>.webp", materials.material_page, name="material_page"),
    path("<int:number>/withdraw/", materials.version_withdraw, name="version_withdraw"),
    path("<int:number>/restore/", materials.version_restore, name="version_restore"),
]

of_one: list[URLPattern | URLResolver] = [
    path("", posts.post_detail, name="detail"),
    path("edit/", posts.post_edit, name="edit"),
    path("history/", posts.post_history, name="history"),
    path("publish/", posts.post_publish, name="publish"),
    path("delete/", posts.post_delete, name="delete"),
    path("pin/", posts.post_pin, name="pin"),
    path("files/add/", materials.files_add, name="files_add"),
    path("files/<int:pk>/", include(of_one_material)),
]

urlpatterns = [
    path("", posts.post_list, name="list"),
    path("new/", posts.post_new, name="new"),
    path("preview/", posts.post_preview, name="preview"),
    path("notices/choices/", choices.choices, name="choices"),
    path("notices/feeds/make/", choices.secret_make, name="secret_make"),
    path("notices/feeds/end/", choices.secret_revoke, name="secret_revoke"),
    path("leave/<str:token>/", choices.leave, name="leave"),
    path("feed/", choices.feed, name="public_feed"),
    path("feed/<str:secret>/", choices.feed, name="feed"),
    path("<slug:slug>/", include(of_one)),
]
