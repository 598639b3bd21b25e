"""Addresses of villages and the people in them."""

from django.urls import path

from villages import views

app_name = "villages"

urlpatterns = [
    path("", views.village_list, name="list"),
    path("export.xlsx", views.export, {"kind": "xlsx"}, name="export_xlsx"),
    path("export.csv", views.export, {"kind": "csv"}, name="export_csv"),
    path("<village:code>/", views.detail, name="detail"),
    path("<village:code>/history/", views.history, name="history"),
    path("<village:code>/households/", views.households, name="households"),
    path("<village:code>/households/add/", views.household_add, name="household_add"),
    path("<village:code>/households/<uuid:pk>/", views.household_edit, name="household_edit"),
    path("<village:code>/households/<uuid:pk>/end/", views.household_end, name="household_end"),
    path("<village:code>/committee/", views.committee, name="committee"),
    path("<village:code>/committee/add/", views.member_add, name="member_add"),
    path("<village:code>/committee/<uuid:pk>/", views.member_edit, name="member_edit"),
    path("<village:code>/committee/<uuid:pk>/end/", views.member_end, name="member_end"),
]
