"""`manage.py first_admin ADDRESS`: creates the network's first admin, when nobody exists yet to invite one."""

from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit.record import record
from members.models import Member, Organisation, Role, RoleCode


class Command(BaseCommand):
    help = "Make the first network admin. Refuses once there is a member."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--given-name", default="Network")
        parser.add_argument("--family-name", default="Admin")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the password twice and save the member in the secretariat."""
        if Member.objects.exists():
            raise CommandError("There are members already. An admin invites further ones in the portal.")
        secretariat = Organisation.objects.filter(kind=Organisation.Kind.SECRETARIAT).first()
        if secretariat is None:
            raise CommandError("There is no secretariat yet. Run `manage.py load_reference` first.")
        password = getpass("Password: ")
        if password != getpass("Once more: "):
            raise CommandError("The two passwords differ. Nothing was made.")
        try:
            validate_password(password)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        with transaction.atomic():
            member = Member(
                email=options["email"].lower(),
                given_name=options["given_name"],
                family_name=options["family_name"],
                organisation=secretariat,
            )
            member.set_password(password)
            member.save()
            member.roles.set(Role.objects.filter(code=RoleCode.ADMIN))
            record("first_admin", member, by=member, root=secretariat)
        self.stdout.write(f"{member.email} is the network's first admin.")
