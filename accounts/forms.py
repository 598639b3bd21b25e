"""Forms of signing in, of one's own password, and of the accounts an administrator makes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import BaseUserCreationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import slips
from accounts.models import Posting, User
from sammachip.forms import WriteForm


class SignInForm(forms.Form):
    """Staff id or e-mail, and password. A valid form has its ``user``.

    ``today`` is the day a one-time password is judged by.
    """

    username = forms.CharField(
        label=_("Staff id or e-mail"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(
        self, request: HttpRequest, data: Any = None, *, today: date | None = None
    ) -> None:
        super().__init__(data)
        self.request, self.today = request, today
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        """One answer to an unknown name, a wrong password and a closed account."""
        cleaned = super().clean() or self.cleaned_data
        if "username" not in cleaned or "password" not in cleaned:
            return cleaned
        # By the account's own field name: under another, django-axes counts for nobody.
        name = {User.USERNAME_FIELD: account_name(cleaned["username"])}
        user = authenticate(self.request, password=cleaned["password"], **name)
        if not isinstance(user, User):
            raise ValidationError(
                _("Staff id, e-mail or password is not right. Check them and try again."),
                code="not_right",
            )
        if self.today and slips.is_over(user, self.today):  # said to nobody but who knows it
            raise ValidationError(
                _("The one-time password is out of date. Ask the administrator for a new slip."),
                code="slip_over",
            )
        self.user = user
        return cleaned


def account_name(typed: str) -> str:
    """One name an account, so that its e-mail or capital letters give no further tries."""
    accounts = User.objects.filter(Q(staff_id__iexact=typed) | Q(email__iexact=typed))
    return accounts.values_list("staff_id", flat=True).first() or typed.lower()


class ViewAsForm(forms.Form):
    """Whom to look at the site as; ``people`` are those one may choose."""

    person = forms.ModelChoiceField(
        User.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choose an account."),
            "invalid_choice": _(
                "Choose an account that may sign in, and not your own. Search again."
            ),
        },
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class AccountAddForm(BaseUserCreationForm):
    """A new account with its first password, typed twice."""

    class Meta:
        model = User
        fields = ("staff_id", "name", "position", "phone", "email")


class PostingForm(forms.ModelForm):
    """A posting is made once; afterwards it can only be ended, so that the past stays true."""

    made_once = ("user", "role", "area", "national", "starts_on")

    class Meta:
        model = Posting
        fields = ("user", "role", "area", "national", "starts_on", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in self.made_once:
                if name in self.fields:
                    self.fields[name].disabled = True


class OwnPasswordForm(SetPasswordForm):
    """A password of one's own in place of the one on the slip, which was typed just now."""

    def clean_new_password1(self) -> str:
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise ValidationError(
                _("Choose another password than the one on the slip."), code="of_the_slip"
            )
        return password


class SlipsForm(WriteForm):
    """Whom to print slips for; ``people`` are those one may choose."""

    person = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Accounts"),
        error_messages={
            "required": _("Tick at least one account."),
            "invalid_choice": _(
                "Choose accounts that may sign in, and not your own. Search again."
            ),
            "invalid_pk_value": _(
                "Choose accounts that may sign in, and not your own. Search again."
            ),
        },
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]

    def clean_person(self) -> list[User]:
        people = list(self.cleaned_data["person"].order_by("name", "staff_id"))
        if len(people) > slips.MOST:
            raise ValidationError(
                _("Print at most %(most)s slips at once."),
                code="too_many",
                params={"most": slips.MOST},
            )
        return people
