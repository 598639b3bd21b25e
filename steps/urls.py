"""Addresses of a village's year: steps, activities, plans, people of the year, files."""

from django.urls import URLPattern, URLResolver, include, path

from steps.views import (
    activities,
    evidence,
    handing_in,
    pages,
    people,
    plans,
    record,
    shelf,
    sign_in_sheet,
)

app_name = "steps"

plan_urls = [
    path("", plans.plan, name="plan"),
    path("<step:number>/add/", plans.item_add, name="plan_item_add"),
    path("<step:number>/goal/", plans.goal, name="plan_goal"),
    path("items/<uuid:pk>/", plans.item_edit, name="plan_item_edit"),
    path("items/<uuid:pk>/withdraw/", plans.item_withdraw, name="plan_item_withdraw"),
]

activity_urls = [
    path("", activities.detail, name="activity"),
    path("edit/", activities.edit, name="activity_edit"),
    path("withdraw/", activities.withdraw, name="activity_withdraw"),
    path("files/", activities.add_files, name="activity_files"),
]

step_urls = [
    path("", pages.step, name="step"),
    path("record/", record.record, name="record"),
    path("submit/", handing_in.submit, name="submit"),
    path("withdraw/", handing_in.withdraw, name="withdraw"),
    path("sign-in-sheet/", sign_in_sheet.sheet, name="sign_in_sheet"),
]

year_urls: list[URLPattern | URLResolver] = [
    path("", pages.year, name="year"),
    path("record/", record.follow_up, name="follow_up"),
    path("targets/", people.targets, name="targets"),
    path("own-target/", people.own_target, name="own_target"),
    path("leaders/", people.leaders, name="leaders"),
    path("leaders/<uuid:pk>/end/", people.leader_end, name="leader_end"),
    path("plan/", include(plan_urls)),
    path("activities/<uuid:pk>/", include(activity_urls)),
    path("<step:number>/", include(step_urls)),
]

urlpatterns = [
    path("villages/<village:code>/<year:year>/", include(year_urls)),
    path("areas/<district:code>/<year:year>/documents/", shelf.shelf, name="shelf"),
    path("areas/<district:code>/<year:year>/documents/add/", shelf.add, name="shelf_add"),
    path("areas/<district:code>/<year:year>/documents/<uuid:pk>/end/", shelf.end, name="shelf_end"),
    path("files/<uuid:pk>/", evidence.full, name="file"),
    path("files/<uuid:pk>/small/", evidence.small, name="file_small"),
    path("files/<uuid:pk>/caption/", evidence.caption, name="caption"),
    path("files/<uuid:pk>/withdraw/", evidence.withdraw, name="file_withdraw"),
    path("files/received/<uuid:pk>/", evidence.received, name="received"),
    path("files/shelf/<uuid:pk>/", evidence.shelved, name="shelved"),
]
