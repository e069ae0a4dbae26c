from django.apps import AppConfig
from django.core.checks import Tags, register


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        # Models are available only now.
        from audit.checks import record_only_grows
        from audit.page_cache import renew_version
        from audit.record import on_entry

        register(record_only_grows, Tags.database, deploy=True)
        on_entry(renew_version)
