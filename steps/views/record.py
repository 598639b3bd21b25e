"""stub"""

from django.http import HttpRequest, HttpResponse


def record(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def follow_up(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)
