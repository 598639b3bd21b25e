"""stub"""

from django.http import HttpRequest, HttpResponse


def full(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def small(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def caption(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def withdraw(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def received(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def shelved(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)
