"""The admin site: open to administrators of the whole country, signed in through our own page."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AdministratorSite(AdminSite):
    site_header = _("Sammachip administration")
    site_title = _("Sammachip administration")
    index_title = _("Administration")

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and bool(getattr(request.user, "is_staff", False))
