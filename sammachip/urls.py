"""Every address of the site. Codes are ASCII digits: ``\\d`` would match ๓ as well."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from sammachip import converters, views
from villages.views import people

converters.register()

people_urls = [  # requests about personal data
    path("", people.search, name="search"),
    path("<uuid:pk>/", people.person, name="person"),
    path("<uuid:pk>/export.xlsx", people.export, name="export"),
    path("<uuid:pk>/erase/", people.erase, name="erase"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("privacy/", views.privacy, name="privacy"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("accounts.urls")),
    path("villages/", include("villages.urls")),
    path("import/", include("villages.import_urls")),
    path("people/", include((people_urls, "people"))),
    path("library/", include("steps.library_urls")),
    path("", include("steps.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "sammachip.views.bad_request"
handler403 = "sammachip.views.forbidden"
handler404 = "sammachip.views.not_found"
handler500 = "sammachip.views.server_error"
