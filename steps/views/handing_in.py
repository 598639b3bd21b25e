"""stub"""

from django.http import HttpRequest, HttpResponse


def submit(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def withdraw(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)
