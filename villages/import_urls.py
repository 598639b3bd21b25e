"""Addresses of bringing in files."""

from django.urls import path

from villages.views import imports

app_name = "imports"

urlpatterns = [
    path("", imports.index, name="index"),
    path("<kind:kind>/", imports.upload, name="upload"),
    path("<kind:kind>/template.xlsx", imports.template, name="template"),
    path("<kind:kind>/stored.xlsx", imports.stored, name="stored"),
    path("<uuid:pk>/", imports.detail, name="detail"),
    path("<uuid:pk>/check/", imports.check, name="check"),
    path("<uuid:pk>/confirm/", imports.confirm, name="confirm"),
    path("<uuid:pk>/undo/", imports.undo, name="undo"),
    path("<uuid:pk>/problems.xlsx", imports.problems, name="problems"),
    path("<uuid:pk>/<outcome:outcome>/", imports.rows, name="rows"),
]
