"""The project's own app (commands, collation) and the admin site's default."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created


class SammachipConfig(AppConfig):
    """Commands of the whole project, and the collation every connection needs."""

    name = "sammachip"

    def ready(self) -> None:
        from accounts import checks as account_checks  # noqa: F401 - importing registers them
        from sammachip import checks  # noqa: F401
        from sammachip.thai.database import register_collation

        # A connection's own hook, the one place Django offers to add a collation to SQLite.
        connection_created.connect(register_collation, dispatch_uid="thai-collation")


class SammachipAdminConfig(AdminConfig):
    """The admin, open to administrators by posting (see accounts.admin_site)."""

    default_site = "accounts.admin_site.AdministratorSite"
