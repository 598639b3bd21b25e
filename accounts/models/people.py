"""Who signs in, which office stands for an area, and where people are posted."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.rights import REVIEWING, RIGHTS_OF, Right, Role, roles_with
from sammachip.thai.text import clean
from villages.models import Area, before_buddhist_years


class UserManager(BaseUserManager["User"]):
    def create_user(self, staff_id: str, password: str | None = None, **fields: Any) -> User:
        """A person who can sign in, and who sees nothing until a posting is made."""
        user = self.model(staff_id=staff_id, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, staff_id: str, password: str | None = None, **fields: Any) -> User:
        """An administrator of the whole country (``createsuperuser``)."""
        user = self.create_user(staff_id, password, **fields)
        Posting.objects.using(self._db).create(
            user=user, role=Role.ADMINISTRATOR, national=True, starts_on=timezone.localdate()
        )
        return user

    def get_by_natural_key(self, staff_id: str | None) -> User:
        return self.get(staff_id__iexact=staff_id)  # unique in any case


class User(AbstractBaseUser):
    """A person who signs in with a staff id or an e-mail address."""

    staff_id = models.CharField(
        _("staff id"),
        max_length=50,
        unique=True,
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
                _("Use Latin letters, digits, dot, hyphen and underscore only."),
            )
        ],
    )
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=150, db_collation="thai")
    position = models.CharField(_("position"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # While set, the password is the one on a printed slip: good until that day, to be replaced.
    slip_until = models.DateField(_("slip good until"), null=True, blank=True, editable=False)
    # Sessions that began before are over, also where the account is opened again later.
    sessions_ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "staff_id"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["name", "staff_id"]
        constraints = [
            models.UniqueConstraint(Lower("staff_id"), name="user_staff_id_any_case"),
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="user_email_any_case"
            ),
            *before_buddhist_years("slip_until"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Text is stored clean."""
        self.name, self.position = clean(self.name), clean(self.position)
        super().save(*args, **kwargs)

    @property
    def title(self) -> str:
        """Name in full with position, as a colleague is named on screen."""
        return f"{self.name} {self.position}".strip()

    def set_password(self, raw_password: str | None) -> None:
        """A new password is no slip's; what prints a slip says so afterwards."""
        super().set_password(raw_password)
        self.slip_until = None

    def check_password(self, raw_password: str | None) -> bool:
        """Storing the same password under a newer hash makes no new password of it."""
        slip_until = self.slip_until
        is_right = super().check_password(raw_password)
        self.slip_until = slip_until
        return is_right

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session carries to be this account's: it goes with the password, and when ended.

        Django compares it with every request (``django.contrib.auth.get_user``).
        """
        ended = self.sessions_ended_at
        content = self.password + (ended.isoformat() if ended else "")
        salt = "accounts.User.get_session_auth_hash"
        return salted_hmac(salt, content, secret=secret, algorithm="sha256").hexdigest()

    def postings_on(self, day: date) -> list[Posting]:
        """The postings in force on a day, asked once for each person a request brings."""
        return [posting for posting in self._postings if posting.holds_on(day)]

    def works_elsewhere_too(self, day: date) -> bool:
        """Whether a posting of theirs does not hold on a day, such as one that ended."""
        return any(not posting.holds_on(day) for posting in self._postings)

    @cached_property
    def _postings(self) -> list[Posting]:
        return list(self.postings.all())

    @property
    def is_posted(self) -> bool:
        """Whether the person works anywhere today; every role may look at its area."""
        return bool(self.postings_on(timezone.localdate()))

    @property
    def is_reviewer(self) -> bool:
        """Whether the person reviews anywhere today, at any level."""
        return any(
            REVIEWING & RIGHTS_OF[posting.role]
            for posting in self.postings_on(timezone.localdate())
        )

    @property
    def administers(self) -> bool:
        """Whether the person administers anywhere today."""
        return any(
            Right.ADMINISTER in RIGHTS_OF[posting.role]
            for posting in self.postings_on(timezone.localdate())
        )

    @property
    def assigns(self) -> bool:
        """Whether the person says anywhere today who is responsible: a chief, an administrator."""
        return any(
            Right.ASSIGN in RIGHTS_OF[posting.role]
            for posting in self.postings_on(timezone.localdate())
        )

    @property
    def answers_requests(self) -> bool:
        """Whether the person answers requests about personal data anywhere today."""
        return any(
            Right.ERASE in RIGHTS_OF[posting.role]
            for posting in self.postings_on(timezone.localdate())
        )

    # The admin asks these three; the answer is one right, not a table of permissions.

    @property
    def is_staff(self) -> bool:
        """Whether the admin opens: an administrator of the whole country, today."""
        return self.is_active and any(
            posting.national and Right.ADMINISTER in RIGHTS_OF[posting.role]
            for posting in self.postings_on(timezone.localdate())
        )

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class Office(models.Model):
    """The office that stands for an area on paper."""

    area = models.OneToOneField(Area, models.PROTECT, related_name="office")
    name = models.CharField(_("name"), max_length=150)
    address = models.TextField(_("address"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")

    def __str__(self) -> str:
        return self.name


class PostingQuerySet(models.QuerySet["Posting"]):
    def in_force(self, on: date) -> Self:
        """Postings that hold on a day; first and last day included."""
        return self.filter(starts_on__lte=on).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))

    def ended_before(self, on: date) -> Self:
        return self.filter(ends_on__lt=on)

    def not_over(self, on: date) -> Self:
        """Postings that hold on a day, or begin later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))

    def with_right(self, right: Right) -> Self:
        return self.filter(role__in=roles_with(right))


class Posting(models.Model):
    """A role in an area, or nationally, from a day to a day (การมอบหมายพื้นที่)."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="postings", verbose_name=_("account")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area")
    )
    national = models.BooleanField(_("national"), default=False)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to, inclusive"), null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["user", "-starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="posting_role_known"),
            models.CheckConstraint(
                condition=Q(national=True, area__isnull=True)
                | Q(national=False, area__isnull=False),
                name="posting_area_or_national",
                violation_error_message=_("Choose an area, or national, not both."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="posting_ends_after_it_starts",
                violation_error_message=_("The last day is before the first."),
            ),
            *before_buddhist_years("starts_on", "ends_on"),
        ]

    def __str__(self) -> str:
        return f"{self.user.name} · {self.get_role_display()} · {self.place}"

    def holds_on(self, day: date) -> bool:
        """As PostingQuerySet.in_force; first and last day included."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)

    @property
    def place(self) -> str:
        return str(_("National")) if self.national else str(self.area.title if self.area else "")
