"""URLs of knowledge. The words before `<slug>/` are reserved, not slugs: see posts.actions.TAKEN_SLUGS."""

from django.urls import URLPattern, URLResolver, include, path

from knowledge.discussion import views as discussion
from knowledge.field_notes import views as notes
from knowledge.materials import views as materials
from knowledge.moderation import views as moderation
from knowledge.posts import views as posts
from knowledge.subscriptions import views as subscriptions

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
discussed = [
    path("thank/", discussion.post_thank, name="thank"),
    path("save/", discussion.post_save, name="save"),
    path("report/", moderation.report, name="report"),
    path("hide/", moderation.hide, name="hide"),
    path("restore/", moderation.restore, name="restore"),
    path("comments/", discussion.comment_new, name="comment_new"),
    path("comments/<int:pk>/", discussion.comment_place, name="comment"),
    path("comments/<int:pk>/edit/", discussion.comment_edit, name="comment_edit"),
    path("comments/<int:pk>/remove/", discussion.comment_remove, name="comment_remove"),
    path("comments/<int:pk>/thank/", discussion.comment_thank, name="comment_thank"),
    path("comments/<int:pk>/accept/", discussion.comment_accept, name="comment_accept"),
    path("comments/<int:pk>/report/", moderation.report, name="comment_report"),
    path("comments/<int:pk>/hide/", moderation.hide, name="comment_hide"),
    path("comments/<int:pk>/restore/", moderation.restore, name="comment_restore"),
]
for_oneself = [
    path("saved/", subscriptions.saved, name="saved"),
    path("follow/topics/<int:pk>/", subscriptions.follow_topic, name="follow_topic"),
    path("follow/people/<int:pk>/", subscriptions.follow_person, name="follow_person"),
    path("reported/", moderation.reported, name="reported"),
    path("reported/<int:pk>/leave/", moderation.leave, name="reported_leave"),
]
noted = [
    path("notes/", notes.note_list, name="notes"),
    path("notes/new/<str:reference>/", notes.note_new, name="note_new"),
    path("notes/<int:pk>/", notes.note_detail, name="note"),
    path("notes/<int:pk>/edit/", notes.note_edit, name="note_edit"),
    path("notes/<int:pk>/delete/", notes.note_delete, name="note_delete"),
    path("notes/<int:pk>/collect/", notes.note_collect, name="note_collect"),
    path("revision/", notes.revision, name="revision"),
    path("revision/sheet/", notes.revision_sheet, name="revision_sheet"),
    path("revision/<int:pk>/", notes.revision_settle, name="revision_settle"),
]

urlpatterns = [
    path("", posts.post_list, name="list"),
    path("new/", posts.post_new, name="new"),
    path("preview/", posts.post_preview, name="preview"),
    path("feed/", subscriptions.feed, name="public_feed"),
    path("feed/address/make/", subscriptions.secret_make, name="secret_make"),
    path("feed/address/end/", subscriptions.secret_revoke, name="secret_revoke"),
    path("feed/<str:secret>/", subscriptions.feed, name="feed"),
    *for_oneself,
    *noted,
    path("<slug:slug>/", include([*of_one, *discussed])),
]
