from django.apps import AppConfig
from django.core.checks import Tags, register


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit.checks import record_only_grows

        register(record_only_grows, Tags.database, deploy=True)
