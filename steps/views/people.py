"""stub"""

from django.http import HttpRequest, HttpResponse


def targets(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def own_target(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def leaders(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def leader_end(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)
