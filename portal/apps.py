from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        # Models are at hand only now.
        from knowledge.digest import SEARCHES
        from portal.checks import register_checks
        from portal.search.saved import told_in_digest
        from portal.totals import recount_after_change
        from trainings.signals import figures_changed

        register_checks()
        SEARCHES.append(told_in_digest)
        figures_changed.connect(recount_after_change, dispatch_uid="network totals")
