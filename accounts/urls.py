"""Addresses of signing in and of one's own account."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("password/", views.password, name="password"),
    path("slips/", views.print_slips, name="slips"),
    path("me/", views.me, name="me"),
    path("me/export.xlsx", views.me_export, name="me_export"),
    path("view-as/", views.view_as, name="view_as"),
    path("view-as/stop/", views.view_as_stop, name="view_as_stop"),
]
