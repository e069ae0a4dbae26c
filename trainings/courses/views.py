"""The course catalogue: readable by every member, editable by admins."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from common.views import page_of, render_form
from members.access import can_edit_reference
from members.request import member_of
from trainings.actions import save_course
from trainings.courses.forms import CourseForm
from trainings.models import Course
from trainings.pages import require


@require_GET
def course_list(request: HttpRequest) -> HttpResponse:
    """List every course with its content, days, audience and threshold; those on offer come first."""
    rows = Course.objects.prefetch_related("topics").order_by("-is_offered", "name", "pk")
    context = {"page": page_of(request, rows, 25), "can_edit": can_edit_reference(member_of(request))}
    return render(request, "trainings/courses/course_list.html", context)


@require_http_methods(["GET", "POST"])
def course_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add or change a course."""
    by = member_of(request)
    require(can_edit_reference(by))
    course = get_object_or_404(Course, pk=pk) if pk is not None else None
    title = str(course or _("Add a course"))
    form = CourseForm(request.POST or None, instance=course)
    if request.method == "POST" and form.is_valid():
        save_course(course=form.instance, topics=form.cleaned_data["topics"], by=by)
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("trainings:courses")
    context = {"form": form, "title": title}
    return render_form(request, "trainings/courses/course_form.html", context)
