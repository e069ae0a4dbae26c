"""The support desk's tables of members, organisations and ranks."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from common.desk import DeskAdmin, EditableDeskAdmin
from members import actions
from members.forms import RankForm
from members.models import Country, Member, Organisation, Rank, Role


@admin.register(Country)
class CountryAdmin(DeskAdmin):
    list_display = ("name", "code", "in_region")
    search_fields = ("name", "code")


@admin.register(Role)
class RoleAdmin(DeskAdmin):
    list_display = ("name", "sentence")


@admin.register(Member)
class MemberAdmin(DeskAdmin):
    """Members are invited and deactivated on the portal's own pages."""

    list_display = ("full_name", "email", "organisation", "is_active")
    list_select_related = ("organisation",)
    search_fields = ("given_name", "family_name", "email")
    fields = ("email", "given_name", "family_name", "organisation", "roles", "function", "is_active", "joined_at")


@admin.register(Organisation)
class OrganisationAdmin(EditableDeskAdmin):
    list_display = ("name", "code", "kind", "country")
    list_select_related = ("country",)
    list_filter = ("kind",)
    search_fields = ("name", "short_name", "local_name", "code")

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        assert isinstance(request.user, Member)  # noqa: S101 - narrows the type; the desk lets only members in
        actions.save_organisation(organisation=obj, by=request.user)


@admin.register(Rank)
class RankAdmin(EditableDeskAdmin):
    form = RankForm
    list_display = ("name", "other_script", "country", "group", "nato", "confirmed")
    list_select_related = ("country",)
    list_filter = ("group", "confirmed")
    search_fields = ("name", "name_key", "other_script")

    def save_model(self, request: HttpRequest, obj: Rank, form: Any, change: bool) -> None:
        assert isinstance(request.user, Member)  # noqa: S101 - narrows the type; the desk lets only members in
        actions.save_rank(rank=obj, by=request.user)
