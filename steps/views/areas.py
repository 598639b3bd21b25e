"""The overview: one page for the country, a province, a district and a subdistrict."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts import access
from accounts.rights import Right
from sammachip.answers import signed_in, today
from steps import rollups
from steps.board import numbers, places
from steps.board.attention import attention_of
from steps.board.cards import cards_of
from steps.board.compare import comparison
from steps.board.matrix import Cells, columns_of
from steps.board.moved import moves_of
from steps.board.numbers import Board
from steps.board.places import Place
from steps.board.tables import PeopleRows, list_rows
from steps.forms.board import BoardForm, CompareForm
from steps.months import written_month
from steps.pictures import burn_up

PAGE = "steps/areas/area.html"
COMPARE = "steps/areas/compare.html"


def areas(request: HttpRequest) -> HttpResponse:
    """The whole country, or the areas of one's own postings; a single one answers for itself."""
    user = signed_in(request)
    roots = access.root_areas(user, today())
    if roots is None:
        return overview(request, places.country())
    if len(roots) == 1:
        query = request.GET.urlencode()
        return redirect(places.address_of(roots[0]) + (f"?{query}" if query else ""))
    return overview(request, Place(below=roots))


def area(request: HttpRequest, code: str) -> HttpResponse:
    """A province, district or subdistrict."""
    user, on = signed_in(request), today()
    around = access.areas_around(user, code, on)
    national = access.scope(user, Right.VIEW, on).national
    return overview(request, places.place_of(code, around, national=national))


def village(request: HttpRequest, code: str) -> HttpResponseRedirect:
    """A village has a page of its own for each year."""
    found = access.village_for(signed_in(request), code, Right.VIEW, today())
    year = places.year_of_village(found, today())
    if year is None:
        return redirect("villages:detail", code)
    return redirect("steps:year", code, year)


def overview(request: HttpRequest, place: Place) -> HttpResponse:
    """The page of a place; what its address forges is answered 422 with nothing else."""
    years = places.years_of(place) if place.codes else []
    form = BoardForm(request.GET, place=place, years=years, on=today())
    if not form.is_valid():
        return render(request, PAGE, {"place": place, "form": form}, status=422)
    year, month = form.cleaned_data["year"], form.cleaned_data["month"]
    context: dict[str, Any] = {"place": place, "form": form, "year": year, "month": month}
    if year is None:
        return render(request, PAGE, context)
    board = (
        numbers.board_at(place, year, month) if month else numbers.board_of(place, year, today())
    )
    if board is None:
        raise Http404
    more = past(board, form) if month else present(request, board)
    return render(request, PAGE, {**context, **shown(board, form), **more})


def shown(board: Board, form: BoardForm) -> dict[str, Any]:
    """The tables, in the order asked for."""
    board = numbers.sorted_by(board, form.cleaned_data["sort"])
    return {
        "board": board,
        "columns": columns_of(board, form.asked),
        "progress": Cells(board),
        "people": PeopleRows(board),
        "list": list_rows(board),
        "taken_at": board.taken_at or timezone.now(),
    }


def present(request: HttpRequest, board: Board) -> dict[str, Any]:
    """What is only known of the present: the change since, what moved, whom to call."""
    user, on = signed_in(request), today()
    if not board.figures.villages:
        return {}
    programme, steps = board.year.programme, board.year.steps
    moves = moves_of(board, on)
    earlier = numbers.before(board.place, board.year, on)
    months = rollups.verified_by_month(programme, board.counted_codes)
    return {
        "cards": cards_of(board, moves.waiting_since, earlier and earlier.figures, on),
        "earlier": earlier and month_words(earlier.month_ends_on),
        "moves": moves,
        "attention": attention_of(board, user, on),
        "burn_up": burn_up(programme, steps, board.figures, months, on),
    }


def past(board: Board, form: BoardForm) -> dict[str, Any]:
    """A month's end: its numbers alone, and the other months that were kept."""
    months = [month_words(month) for month in form.months]
    return {"cards": cards_of(board, None, None, today()), "months": months}


def month_words(month_end: date) -> tuple[date, str]:
    """A month's end and how it stands in an address."""
    return month_end, written_month(month_end)


def compare(request: HttpRequest) -> HttpResponse:
    """Up to four areas side by side."""
    user, on = signed_in(request), today()
    offered = access.areas_to_compare(user, request.GET.getlist("area"), on)
    years = places.years_of(Place(below=offered))
    form = CompareForm(request.GET, offered=offered, years=years)
    if not form.is_valid():
        return render(request, COMPARE, {"form": form}, status=422)
    year = places.year_shown(years, form.cleaned_data["year"], on)
    chosen = [one for one in offered if one.code in form.cleaned_data["area"]]
    context: dict[str, Any] = {"form": form, "year": year, "taken_at": timezone.now()}
    if chosen and year:
        context["comparison"] = comparison(chosen, year, on)
    return render(request, COMPARE, context)
