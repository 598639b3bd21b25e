"""stub"""

from django.http import HttpRequest, HttpResponse


def home(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def healthz(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def readyz(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def privacy(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("stub", status=501)


def bad_request(request, exception=None):
    return HttpResponse(status=400)


def forbidden(request, exception=None):
    return HttpResponse(status=403)


def not_found(request, exception=None):
    return HttpResponse(status=404)


def server_error(request):
    return HttpResponse(status=500)
