"""Addresses of the library, open to anybody."""

from django.urls import path

from steps.views import library

app_name = "library"

urlpatterns = [
    path("", library.search, name="search"),
    path("feed/", library.feed, name="feed"),
    path("<record:pk>/", library.record, name="record"),
    path("<record:record>/photos/<record_photo:pk>/", library.photo, name="photo"),
    path(
        "<record:record>/photos/<record_photo:pk>/small/", library.photo_small, name="photo_small"
    ),
    path("lessons/<uuid:pk>/", library.lesson, name="lesson"),
    path("lessons/<uuid:pk>/photo/", library.lesson_photo, name="lesson_photo"),
    path("lessons/<uuid:pk>/photo/small/", library.lesson_photo_small, name="lesson_photo_small"),
]
