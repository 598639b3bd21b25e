"""Addresses of a village's year: steps, activities, plans, people of the year, files."""

from django.urls import URLPattern, URLResolver, include, path

from steps.views import (
    activities,
    areas,
    assessment,
    evidence,
    handing_in,
    handover,
    knowledge,
    knowledge_papers,
    knowledge_sent,
    late,
    lessons,
    livelihoods,
    maps,
    money,
    needs,
    network,
    pages,
    papers,
    people,
    plans,
    quiet,
    record,
    report,
    review,
    review_lessons,
    review_together,
    shelf,
    sign_in_sheet,
    years,
)
from villages import views as villages

app_name = "steps"

plan_urls = [
    path("", plans.plan, name="plan"),
    path("<step:number>/add/", plans.item_add, name="plan_item_add"),
    path("<step:number>/goal/", plans.goal, name="plan_goal"),
    path("items/<uuid:pk>/", plans.item_edit, name="plan_item_edit"),
    path("items/<uuid:pk>/withdraw/", plans.item_withdraw, name="plan_item_withdraw"),
]

money_urls = [
    path("", money.money, name="money"),
    path("budget/", money.budget, name="money_budget"),
    path("add/", money.add, name="contribution_add"),
    path("<uuid:pk>/", money.edit, name="contribution_edit"),
    path("<uuid:pk>/withdraw/", money.withdraw, name="contribution_withdraw"),
]

knowledge_urls = [
    path("", knowledge.record, name="knowledge"),
    path("draft/", knowledge.draft, name="knowledge_draft"),
    path("about/", knowledge.about, name="knowledge_about"),
    path("photos/", knowledge.photos, name="knowledge_photos"),
    path("send/", knowledge_sent.send, name="knowledge_send"),
    path("withdraw/", knowledge_sent.withdraw, name="knowledge_withdraw"),
    path("publish/", knowledge_sent.publish, name="knowledge_publish"),
    path("return/", knowledge_sent.send_back, name="knowledge_return"),
    path("reopen/", knowledge_sent.reopen, name="knowledge_reopen"),
    path("print/", knowledge_papers.to_print, name="knowledge_print"),
    path("memo/", papers.memo, name="knowledge_memo"),
    path("memo.docx", papers.memo_word, name="knowledge_memo_docx"),
    path("<section:key>/", knowledge.section, name="knowledge_section"),
]

lesson_urls = [
    path("", lessons.lessons, name="lessons"),
    path("add/", lessons.add, name="lesson_add"),
    path("<uuid:pk>/", lessons.edit, name="lesson_edit"),
    path("<uuid:pk>/withdraw/", lessons.withdraw, name="lesson_withdraw"),
]

needs_urls = [
    path("", needs.needs, name="needs"),
    path("add/", needs.add, name="need_add"),
    path("<uuid:pk>/", needs.edit, name="need_edit"),
    path("<uuid:pk>/withdraw/", needs.withdraw, name="need_withdraw"),
]

network_urls = [
    path("", network.network, name="network"),
    path("add/", network.add, name="network_add"),
    path("<uuid:pk>/", network.edit, name="network_edit"),
    path("<uuid:pk>/withdraw/", network.withdraw, name="network_withdraw"),
]

activity_urls = [
    path("", activities.detail, name="activity"),
    path("edit/", activities.edit, name="activity_edit"),
    path("withdraw/", activities.withdraw, name="activity_withdraw"),
    path("report/", papers.report, name="activity_report"),
    path("report.docx", papers.report_word, name="activity_report_docx"),
    path("files/", activities.add_files, name="activity_files"),
    path("accept/", late.activity_accept, name="activity_accept"),
    path("set-aside/", late.activity_set_aside, name="activity_set_aside"),
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
    path("money/", include(money_urls)),
    path("knowledge/", include(knowledge_urls)),
    path("knowledge.docx", knowledge_papers.word, name="knowledge_docx"),
    path("lessons/", include(lesson_urls)),
    path("assessment/", assessment.assessment, name="assessment"),
    path("assessment/edit/", assessment.edit, name="assessment_edit"),
    path("livelihoods/", livelihoods.livelihoods, name="livelihoods"),
    path("needs/", include(needs_urls)),
    path("network/", include(network_urls)),
    path("quiet/", quiet.explain, name="quiet"),
    path("activities/<uuid:pk>/", include(activity_urls)),
    path("<step:number>/", include(step_urls)),
]

review_urls = [
    path("", review.queue, name="review"),
    path("together/", review_together.together, name="review_together"),
    path("late/", late.late, name="review_late"),
    path("lessons/", review_lessons.waiting, name="review_lessons"),
    path("lessons/<uuid:pk>/", review_lessons.lesson, name="review_lesson"),
    path("lessons/<uuid:pk>/share/", review_lessons.share, name="review_lesson_share"),
    path("lessons/<uuid:pk>/keep/", review_lessons.keep, name="review_lesson_keep"),
    path("<submission:pk>/", review.case, name="review_case"),
    path("<submission:pk>/verify/", review.verify, name="review_verify"),
    path("<submission:pk>/return/", review.send_back, name="review_return"),
    path("<submission:pk>/reopen/", review.reopen, name="review_reopen"),
]

preparing_urls = [
    path("", years.years, name="years"),
    path("copy/", years.copy, name="years_copy"),
    path("<year:year>/<district:code>/villages/", years.villages, name="year_villages"),
    path("<year:year>/<district:code>/carry/", years.carry, name="year_carry"),
    path("<year:year>/<district:code>/officers/", years.officers, name="year_officers"),
]

urlpatterns = [
    path("years/", include(preparing_urls)),
    path("handover/", handover.handover, name="handover"),
    path("review/", include(review_urls)),
    path("villages/<village:code>/<year:year>/", include(year_urls)),
    path("areas/", areas.areas, name="areas"),
    path("areas/compare/", areas.compare, name="compare"),
    path("areas/<area:code>/", areas.area, name="area"),
    path("areas/<village:code>/", areas.village, name="area_village"),
    path("areas/<district:code>/<year:year>/documents/", shelf.shelf, name="shelf"),
    path("areas/<district:code>/<year:year>/documents/add/", shelf.add, name="shelf_add"),
    path("areas/<district:code>/<year:year>/documents/<uuid:pk>/end/", shelf.end, name="shelf_end"),
    path(
        "areas/<area:code>/export.xlsx",
        villages.export,
        {"kind": "xlsx"},
        name="area_export_xlsx",
    ),
    path("areas/map/", maps.country_map, name="country_map"),
    path("areas/<area:code>/map/", maps.area_map, name="area_map"),
    path("areas/<area:code>/map.svg", maps.area_map_image, name="area_map_image"),
    path("areas/<area:code>/report/", report.area_report, name="area_report"),
    path("areas/<area:code>/export.csv", villages.export, {"kind": "csv"}, name="area_export_csv"),
    path("files/<uuid:pk>/", evidence.full, name="file"),
    path("files/<uuid:pk>/small/", evidence.small, name="file_small"),
    path("files/<uuid:pk>/caption/", evidence.caption, name="caption"),
    path("files/<uuid:pk>/withdraw/", evidence.withdraw, name="file_withdraw"),
    path("files/<uuid:pk>/accept/", late.file_accept, name="file_accept"),
    path("files/<uuid:pk>/set-aside/", late.file_set_aside, name="file_set_aside"),
    path("files/received/<uuid:pk>/", evidence.received, name="received"),
    path("files/lessons/<uuid:pk>/", evidence.lesson_photo, name="lesson_photo"),
    path("files/lessons/<uuid:pk>/small/", evidence.lesson_photo_small, name="lesson_photo_small"),
    path("files/shelf/<uuid:pk>/", evidence.shelved, name="shelved"),
]
