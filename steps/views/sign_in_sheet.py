"""stub"""

from django.http import HttpRequest, HttpResponse


def sheet(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)
