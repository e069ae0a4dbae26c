"""Views of the files of a post: adding files, a material with its versions, downloads, pictures of pages."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.files.file_types import KINDS
from common.files.reading import picture_of_stored
from common.files.serving import file_response, preview_response
from common.files.storage import keeping, picture_name
from common.views import errors_as_messages, errors_in_form, render_form, sentences
from knowledge import access
from knowledge.materials import actions
from knowledge.materials.forms import AddFilesForm, MaterialForm, VersionForm, WhyForm
from knowledge.models import Material, MaterialUse, MaterialVersion, Post
from knowledge.pages import fetch_post, reader_of
from members.account.session_timeout import is_background
from members.models import Member
from members.request import member_of
from trainings.pages import require

SHOWN_PAGES = 6
PICTURE_WIDTH = 640


@require_http_methods(["GET", "POST"])
def files_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add several files to a post, each with its own result. A script sends them one by one and shows progress."""
    post, by = fetch_post(request, slug), member_of(request)
    require(access.can_edit(by, post))
    first = {"language": post.language_id, "licence": Material.Licence.NETWORK}
    form = AddFilesForm(request.POST or None, request.FILES or None, post=post, initial=first)
    by_script = is_background(request)
    if request.method == "POST" and form.is_valid():
        made, refused = _add_all(post, form, by)
        if by_script:
            return _told(made, refused)
        for sentence in refused:
            messages.error(request, sentence)
        if made:
            text = ngettext("%(n)d file is added.", "%(n)d files are added.", len(made)) % {"n": len(made)}
            messages.success(request, text)
            return redirect(f"{post.get_absolute_url()}#files")
    elif by_script:
        return _told([], [str(error) for errors in form.errors.values() for error in errors])
    context = {"form": form, "post": post, "room": actions.room_of(by)}
    return render(
        request, "knowledge/materials/files_add.html", context, status=422 if request.method == "POST" else 200
    )


def _told(made: list[Material], refused: list[str]) -> JsonResponse:
    """Return the script's response: the key and title of what was added, or the sentences that say why not."""
    if refused:
        return JsonResponse({"refused": " ".join(refused)}, status=422)
    return JsonResponse({"material": made[0].pk, "title": made[0].title})


def _add_all(post: Post, form: AddFilesForm, by: Member) -> tuple[list[Material], list[str]]:
    """Store and add each upload; return the materials added, and a sentence for each refused upload."""
    data = form.cleaned_data
    made: list[Material] = []
    refused: list[str] = []
    uploads: list[UploadedFile] = data["uploads"]
    for upload in uploads:
        first = data["translation_of"] or (made[0] if data["is_one"] and made else None)
        try:
            with keeping(upload, room=actions.room_of(by)) as stored_file:
                title = data["title"] if len(uploads) == 1 else ""
                about = actions.About(
                    title or stored_file.original.rpartition(".")[0][:160] or stored_file.original,
                    data["language"].pk,
                    data["licence"],
                    first,
                )
                made.append(actions.add_material(post=post, about=about, stored_file=stored_file, by=by))
        except ValidationError as wrong:
            refused.append(f"{upload.name}: {sentences(wrong)}" if len(uploads) > 1 else sentences(wrong))
    return made, refused


def _versions(request: HttpRequest, slug: str, pk: int) -> list[MaterialVersion]:
    """Return all versions of a material, highest number first; 404 if the reader may not open its post. Two queries."""
    post = fetch_post(request, slug)
    rows = MaterialVersion.objects.filter(material=pk, material__post=post, material__removed_at=None)
    versions = list(rows.select_related("material__language", "material__translation_of", "added_by", "withdrawn_by"))
    if not versions:
        raise Http404
    for version in versions:
        version.material.post = post
    return versions


def _newest(versions: Sequence[MaterialVersion]) -> MaterialVersion:
    """Return the newest version that is not withdrawn, or the last one if all are; expects highest number first."""
    return next((version for version in versions if version.withdrawn_at is None), versions[0])


def _numbered(versions: Sequence[MaterialVersion], number: int) -> MaterialVersion:
    """Return the version with that number, else 404."""
    match = next((version for version in versions if version.number == number), None)
    if match is None:
        raise Http404
    return match


def _material(request: HttpRequest, slug: str, pk: int) -> Material:
    return _versions(request, slug, pk)[0].material


@login_not_required
@require_GET
def material(request: HttpRequest, slug: str, pk: int, number: int | None = None) -> HttpResponse:
    """Show a material: the chosen or newest version, with its pages, other versions and uses."""
    versions, reader = _versions(request, slug, pk), reader_of(request)
    newest = _newest(versions)
    version = newest if number is None else _numbered(versions, number)
    material_shown = version.material
    root = material_shown.translation_of_id or material_shown.pk
    context = {
        "post": material_shown.post, "material": material_shown, "version": version, "versions": versions, "newest": newest,
        "kind": KINDS.get(version.kind), "reader": reader,
        "others": [m for m in _of_post(material_shown.post) if root in (m.pk, m.translation_of_id) and m.pk != material_shown.pk],
        "pages": range(1, _shown_pages(version) + 1),
        "uses": _uses(reader, material_shown), "can_edit": bool(reader and access.can_edit(reader, material_shown.post)),
    }  # fmt: skip
    return render(request, "knowledge/materials/material.html", context)


def _shown_pages(version: MaterialVersion) -> int:
    """Return the number of pages shown as pictures; 0 for withdrawn versions."""
    has_pages = version.withdrawn_at is None and version.kind in KINDS and KINDS[version.kind].has_pages
    return min(version.pages or 0, SHOWN_PAGES) if has_pages else 0


def _of_post(post: Post) -> list[Material]:
    return list(Material.objects.filter(post=post, removed_at=None).select_related("language"))


def _uses(reader: Member | None, material: Material) -> list[MaterialUse]:
    """Return the trainings that used any version, newest first; empty for anonymous readers."""
    if reader is None:
        return []
    uses = MaterialUse.objects.filter(version__material=material, training__cancelled_at=None)
    return list(uses.select_related("training", "version").order_by("-training__ends_on")[:50])


def files_of(post: Post, reader: Member | None) -> dict[str, Any]:
    """Return the files for a post's page: each material with its newest version, and how often they were used. Two queries."""
    newest: dict[int, MaterialVersion] = {}
    versions = MaterialVersion.objects.filter(material__post=post, material__removed_at=None)
    for version in versions.select_related("material__language").order_by("number"):
        version.material.post = post  # avoids a query for each URL
        if version.withdrawn_at is None or version.material_id not in newest:
            newest[version.material_id] = version
    used = MaterialUse.objects.filter(version__material__in=list(newest), training__cancelled_at=None)
    rows = list(used.values_list("outcome", "training").order_by())
    outcomes = Counter(outcome for outcome, _training in rows)
    trainings = len({training for _outcome, training in rows})
    return {
        "files": [(last.material, last, KINDS.get(last.kind)) for _pk, last in sorted(newest.items())],
        "used_in": trainings if reader else 0,
        "outcomes": [(label, outcomes[value]) for value, label in MaterialUse.Outcome.choices if value in outcomes],
    }


@login_not_required
@require_GET
def material_download(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponseBase:
    """Download a file, whole or a range of it, and count it; withdrawn ones only for those who may edit the post."""
    version, reader = _numbered(_versions(request, slug, pk), number), reader_of(request)
    if version.withdrawn_at is not None and not (reader and access.can_edit(reader, version.material.post)):
        raise Http404
    if "Range" not in request.headers:
        actions.count_download(version)
    return file_response(
        request,
        name=version.stored,
        kind=version.kind,
        as_name=version.name,
        size=version.size,
        checksum=version.checksum,
    )


@login_not_required
@require_GET
def material_page(request: HttpRequest, slug: str, pk: int, number: int, page: int) -> HttpResponseBase:
    """Return a picture of one page, rendered once and stored with the files."""
    version = _numbered(_versions(request, slug, pk), number)
    if not 1 <= page <= _shown_pages(version):
        raise Http404
    name = picture_name(version.checksum, page)
    if default_storage.exists(name):
        with default_storage.open(name) as file:
            picture = file.read()
    elif picture := picture_of_stored(version.stored, version.kind, page, PICTURE_WIDTH):
        default_storage.save(name, ContentFile(picture))
    return preview_response(request, picture, f"{version.checksum}-{page}")


@require_http_methods(["GET", "POST"])
def material_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a material's metadata."""
    of, by = _material(request, slug, pk), member_of(request)
    require(access.can_edit(by, of.post))
    form = MaterialForm(request.POST or None, instance=of)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            actions.change_material(material=form.instance, by=by)
            messages.success(request, _("It is saved."))
            return redirect(f"{of.post.get_absolute_url()}#files")
    context = {"form": form, "post": of.post, "material": of}
    return render_form(request, "knowledge/materials/material_form.html", context)


@require_http_methods(["GET", "POST"])
def material_version(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Add the next version of a material."""
    newest, by = _versions(request, slug, pk)[0], member_of(request)
    material = newest.material
    require(access.can_edit(by, material.post))
    form = VersionForm(request.POST or None, request.FILES or None, initial={"newest_seen": newest.number})
    by_script = is_background(request)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with errors_in_form(form):
            with keeping(data["uploads"][0], room=actions.room_of(by)) as stored_file:
                made = actions.add_version(
                    material=material,
                    stored_file=stored_file,
                    note=data["note"],
                    newest_seen=data["newest_seen"],
                    by=by,
                )
            messages.success(request, _("Version %(n)d is the newest now.") % {"n": made.number})
            return JsonResponse({"material": material.pk, "title": material.title}) if by_script else redirect(material)
    if by_script:
        return _told([], [str(error) for errors in form.errors.values() for error in errors])
    context = {
        "form": form,
        "post": material.post,
        "material": material,
        "newest": newest.number,
        "room": actions.room_of(by),
    }
    return render_form(request, "knowledge/materials/version_form.html", context)


@require_http_methods(["GET", "POST"])
def version_withdraw(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """Withdraw a version, with a reason."""
    version, by = _numbered(_versions(request, slug, pk), number), member_of(request)
    require(access.can_edit(by, version.material.post))
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_in_form(form):
            actions.withdraw_version(version=version, reason=form.cleaned_data["reason"], by=by)
            messages.success(request, _("Version %(n)d is withdrawn.") % {"n": number})
            return redirect("knowledge:material_version", slug, pk, number)
    context = {"form": form, "version": version, "post": version.material.post}
    return render_form(request, "knowledge/materials/version_withdraw.html", context)


@require_POST
def version_restore(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """Undo the withdrawal of a version."""
    version, by = _numbered(_versions(request, slug, pk), number), member_of(request)
    require(access.can_edit(by, version.material.post))
    actions.restore_version(version=version, by=by)
    return redirect("knowledge:material_version", slug, pk, number)


@require_http_methods(["GET", "POST"])
def material_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Confirm, then remove a material from its post."""
    of, by = _material(request, slug, pk), member_of(request)
    require(access.can_edit(by, of.post))
    if request.method == "POST":
        with errors_as_messages(request):
            actions.remove_material(material=of, by=by)
            messages.success(request, _("The file is removed."))
            return redirect(f"{of.post.get_absolute_url()}#files")
        return redirect(of)
    return render(request, "knowledge/materials/material_remove.html", {"material": of, "post": of.post})
