"""Signing in with a staff id or an e-mail address, in any case of letters."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import User


class StaffIdOrEmail(ModelBackend):
    """Django's own rules (active accounts only, equal time), by either name."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        name = (username or kwargs.get(User.USERNAME_FIELD) or "").strip()
        if not name or password is None:
            return None
        user = User.objects.filter(Q(staff_id__iexact=name) | Q(email__iexact=name)).first()
        if user is None:
            User().set_password(password)  # as slow as a real check: unknown names stay unknown
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None

    def has_perm(self, user_obj: Any, perm: str, obj: object = None) -> bool:
        return False  # rights are postings; User.has_perm answers for the admin
