"""The programme as data: phases, steps, requirements and the topics they ask for.

Everything that changes with the year is here: head-counts, dates, shares. More phases need no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sammachip.thai.bilingual import bilingual
from steps.models.choices import ActivityForm, DocumentSource, EvidenceType, Owner
from villages.models import before_buddhist_years


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def get_by_natural_key(self, year: int) -> Programme:
        return self.get(year=year)

    def of(self, enrolments: models.QuerySet[Any]) -> Self:
        """The programmes in which any of these enrolments takes part, the latest first."""
        own = enrolments.filter(programme=models.OuterRef("pk"))
        return self.filter(models.Exists(own)).order_by("-year")

    def before(self, year: int) -> Programme | None:
        """The latest programme before a year, to copy and to carry over from."""
        return self.filter(year__lt=year).order_by("-year").first()


class Programme(models.Model):
    """The programme of one fiscal year, known by its พ.ศ. year such as 2560."""

    year = models.PositiveSmallIntegerField(_("fiscal year (พ.ศ.)"), unique=True)
    name_th = models.CharField(_("name in Thai"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"))
    target_households = models.PositiveSmallIntegerField(_("target households a village"))
    community_share = models.PositiveSmallIntegerField(
        _("community's share of the budget, per cent")
    )
    quiet_days = models.PositiveSmallIntegerField(_("days before a village counts as quiet"))
    self_led_share = models.PositiveSmallIntegerField(_("activities the community leads, per cent"))

    name = bilingual("name")
    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(condition=Q(year__range=(2500, 2700)), name="programme_year_be"),
            models.CheckConstraint(
                condition=Q(closes_on__gt=F("opens_on")), name="programme_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(community_share__lte=100, self_led_share__lte=100),
                name="programme_shares_are_per_cent",
            ),
            models.CheckConstraint(
                condition=Q(quiet_days__gte=1, target_households__gte=1),
                name="programme_figures_above_zero",
            ),
            *before_buddhist_years("opens_on", "closes_on"),
        ]

    def __str__(self) -> str:
        return str(_("Fiscal year %(year)s") % {"year": self.year})

    def natural_key(self) -> tuple[int]:
        return (self.year,)

    def judged_on(self, today: date) -> date:
        """The day on which lateness and quiet are judged: today, or the last day of a past year."""
        return min(today, self.closes_on)

    def quiet_since(self, today: date) -> date | None:
        """The day since when a village that held nothing is quiet.

        None while the programme opened so recently that no village can be quiet yet.
        """
        since = self.judged_on(today) - timedelta(days=self.quiet_days)
        return since if self.opens_on < since else None


def running_year(opened: Mapping[int, date], on: date) -> int | None:
    """The year people work in on a day: the latest that has begun, else the first to come.

    ``opened`` maps each year to the first day of its programme. A year that is prepared ahead
    does not push the running one off the pages.
    """
    begun = [year for year, day in opened.items() if day <= on]
    return max(begun) if begun else min(opened, default=None)


class PhaseQuerySet(models.QuerySet["Phase"]):
    def get_by_natural_key(self, year: int, number: int) -> Phase:
        return self.get(programme__year=year, number=number)


class Phase(models.Model):
    """A phase (ขั้นตอนที่ 1) of a programme, holding steps."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="phases")
    number = models.PositiveSmallIntegerField(_("number"))
    name_th = models.CharField(_("name in Thai"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    short_th = models.CharField(_("short name in Thai"), max_length=40)
    short_en = models.CharField(_("short name in English"), max_length=60)

    name = bilingual("name")
    short = bilingual("short")
    objects = PhaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering = ["programme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="phase_once_a_programme")
        ]

    def __str__(self) -> str:
        return str(_("Phase %(number)s %(name)s") % {"number": self.number, "name": self.name})

    def natural_key(self) -> tuple[int, int]:
        return (self.programme.year, self.number)

    natural_key.dependencies = ["steps.programme"]  # type: ignore[attr-defined]


class Origin(models.TextChoices):
    """Whether the write-up says it or the programme chose it: one may argue with a choice."""

    WRITE_UP = "write_up", _("From the original write-up")
    PROGRAMME = "programme", _("The programme's own choice")


class StepQuerySet(models.QuerySet["Step"]):
    def get_by_natural_key(self, year: int, number: str) -> Step:
        return self.get(programme__year=year, number=number)

    def current(self) -> Self:
        return self.filter(ended_on__isnull=True)

    def with_requirements(self) -> Self:
        """With requirements and their topics, in two more queries however many there are."""
        return self.select_related("phase", "programme").prefetch_related(
            models.Prefetch(
                "requirements",
                Requirement.objects.current().select_related("group", "after_step"),
            ),
            models.Prefetch(
                "requirements__topics", Topic.objects.current().select_related("group")
            ),
        )


class Step(models.Model):
    """A step (ข้อ 1.4) of a programme: what is asked of a village, and by when."""

    class Scope(models.TextChoices):
        DISTRICT = "district", _("District work")
        VILLAGE = "village", _("Village work")

    class Reviewer(models.TextChoices):
        CHIEF = "chief", _("District chief")
        PROVINCE = "province", _("Province")
        BOTH = "both", _("District chief, then province")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="steps")
    phase = models.ForeignKey(Phase, models.PROTECT, related_name="steps")
    number = models.CharField(
        _("number"), max_length=5, validators=[RegexValidator(r"^[1-9][0-9]?\.[1-9][0-9]?$")]
    )
    order = models.PositiveSmallIntegerField(_("order"))
    name_th = models.CharField(_("name in Thai"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    short_th = models.CharField(_("short name in Thai"), max_length=40)
    short_en = models.CharField(_("short name in English"), max_length=60)
    purpose_th = models.TextField(_("purpose in Thai"))
    purpose_en = models.TextField(_("purpose in English"))
    guidance_th = models.TextField(_("guidance in Thai"), blank=True)
    guidance_en = models.TextField(_("guidance in English"), blank=True)
    scope = models.CharField(_("whose work"), max_length=10, choices=Scope.choices)
    reviewer = models.CharField(
        _("reviewed by"), max_length=10, choices=Reviewer.choices, default=Reviewer.PROVINCE
    )
    due_on = models.DateField(_("due on"))
    due_origin = models.CharField(
        _("origin of the due date"),
        max_length=10,
        choices=Origin.choices,
        default=Origin.PROGRAMME,
    )
    has_plan = models.BooleanField(_("has an action plan"), default=False)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    name = bilingual("name")
    short = bilingual("short")
    purpose = bilingual("purpose")
    guidance = bilingual("guidance")
    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["programme", "order"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="step_once_a_programme"),
            models.UniqueConstraint(fields=["programme", "order"], name="step_order_once"),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[1-9][0-9]?\.[1-9][0-9]?$"), name="step_number_form"
            ),
            *before_buddhist_years("due_on", "ended_on"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def natural_key(self) -> tuple[int, str]:
        return (self.programme.year, self.number)

    natural_key.dependencies = ["steps.programme", "steps.phase"]  # type: ignore[attr-defined]

    @property
    def title(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def short_title(self) -> str:
        return f"{self.number} {self.short}"

    @property
    def is_district_work(self) -> bool:
        return self.scope == self.Scope.DISTRICT


class AttendeeGroupQuerySet(models.QuerySet["AttendeeGroup"]):
    def get_by_natural_key(self, code: str) -> AttendeeGroup:
        return self.get(code=code)


class AttendeeGroup(models.Model):
    """A group of people who come to activities, such as assistant village heads."""

    code = models.SlugField(primary_key=True, max_length=30)
    name_th = models.CharField(_("name in Thai"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    source = models.CharField(_("source"), max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    of_targets = models.BooleanField(
        _("people of target households"),
        default=False,
        help_text=_("Target households ticked as present count as people of this group too."),
    )

    name = bilingual("name")
    objects = AttendeeGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendee group")
        verbose_name_plural = _("attendee groups")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return str(self.name)

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class RequirementQuerySet(models.QuerySet["Requirement"]):
    def get_by_natural_key(self, year: int, code: str) -> Requirement:
        return self.get(step__programme__year=year, code=code)

    def current(self) -> Self:
        return self.filter(ended_on__isnull=True)


class Kind(models.TextChoices):
    """What a requirement measures; each kind is one function in steps.requirements."""

    ACTIVITY = "activity", _("Activity held")
    TOPICS = "topics", _("Topics or outputs ticked")
    PEOPLE = "people", _("People present")
    GROUPS = "groups", _("Groups represented")
    HOUSEHOLDS_LISTED = "households_listed", _("Target households listed")
    HOUSEHOLDS_PRESENT = "households_present", _("Target households present")
    COMMITTEE = "committee", _("Committee members")
    LEADER_KINDS = "leader_kinds", _("Kinds of leader")
    MEMBERS_PRESENT = "members_present", _("Members who attended")
    MEMBERS_READY = "members_ready", _("Members who are ready")
    CHANGE_LEADERS = "change_leaders", _("Change leaders named")
    EVIDENCE = "evidence", _("Photos or documents")
    DOCUMENTS_SHELVED = "documents_shelved", _("Documents on the district's shelf")
    DOCUMENTS_STUDIED = "documents_studied", _("Documents of the shelf that were studied")
    TEXT = "text", _("A short text")
    PLAN_GOAL = "plan_goal", _("The goal of the plan")
    PLACE = "place", _("Place visited")
    PLAN_ITEMS = "plan_items", _("Plan items with person and dates")
    PLAN_OWNERS = "plan_owners", _("Owners who have work in the plan")
    AFTER = "after", _("Another step first")


class Requirement(models.Model):
    """One thing a step asks for, with how much of it, and where that comes from."""

    class Level(models.TextChoices):
        REQUIRED = "required", _("Required")
        ADVISED = "advised", _("Advised")

    class Basis(models.TextChoices):
        """How the figure to reach is found for one village."""

        FIXED = "fixed", _("As written")
        TARGET = "target", _("The village's target households")
        HALF_TARGET = "half_target", _("More than half of the target households")
        MEMBERS = "members", _("Every committee member, at least as written")

    class CountBy(models.TextChoices):
        LARGEST = "largest", _("Largest single activity")
        SUM = "sum", _("Sum of activities")

    class AfterBy(models.TextChoices):
        DATE = "date", _("Not before its first activity")
        HANDED_IN = "handed_in", _("After it was handed in")

    step = models.ForeignKey(Step, models.PROTECT, related_name="requirements")
    code = models.CharField(_("code"), max_length=10)
    order = models.PositiveSmallIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    label_th = models.CharField(_("label in Thai"), max_length=200)
    label_en = models.CharField(_("label in English"), max_length=200)
    need = models.PositiveSmallIntegerField(_("figure to reach"), default=1)
    basis = models.CharField(
        _("basis of the figure"), max_length=12, choices=Basis.choices, default=Basis.FIXED
    )
    unit_th = models.CharField(_("unit in Thai"), max_length=30, blank=True)
    unit_en = models.CharField(_("unit in English"), max_length=30, blank=True)
    shortfall_allowed = models.BooleanField(_("a shortfall may be explained"), default=False)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices)
    need_origin = models.CharField(_("origin of the figure"), max_length=10, choices=Origin.choices)
    source = models.CharField(_("item of the write-up"), max_length=60, blank=True)
    form = models.CharField(_("form"), max_length=20, choices=ActivityForm.choices, blank=True)
    group = models.ForeignKey(
        AttendeeGroup, models.PROTECT, null=True, blank=True, related_name="+"
    )
    count_by = models.CharField(
        _("counted by"), max_length=10, choices=CountBy.choices, default=CountBy.LARGEST
    )
    per_village = models.BooleanField(_("asked village by village"), default=False)
    evidence_type = models.CharField(
        _("type of evidence"), max_length=10, choices=EvidenceType.choices, blank=True
    )
    document_source = models.CharField(
        _("source of the document"), max_length=12, choices=DocumentSource.choices, blank=True
    )
    after_step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="+")
    after_by = models.CharField(_("after, by"), max_length=10, choices=AfterBy.choices, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    label = bilingual("label")
    unit = bilingual("unit")
    objects = RequirementQuerySet.as_manager()

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["step", "order"]
        constraints = [
            models.UniqueConstraint(fields=["step", "code"], name="requirement_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="requirement_kind_known"
            ),
            models.CheckConstraint(condition=Q(need__gte=1), name="requirement_need_above_zero"),
            models.CheckConstraint(
                condition=Q(kind=Kind.AFTER, after_step__isnull=False) & ~Q(after_by="")
                | ~Q(kind=Kind.AFTER) & Q(after_step__isnull=True, after_by=""),
                name="requirement_after_names_a_step",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.ACTIVITY) | Q(form=""), name="requirement_form_of_activity"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.PEOPLE) | Q(group__isnull=True, per_village=False),
                name="requirement_group_of_people",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.EVIDENCE) | Q(evidence_type=""),
                name="requirement_type_of_evidence",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[Kind.DOCUMENTS_SHELVED, Kind.DOCUMENTS_STUDIED])
                | Q(document_source=""),
                name="requirement_source_of_documents",
            ),
            *before_buddhist_years("ended_on"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    def natural_key(self) -> tuple[int, str]:
        return (self.step.programme.year, self.code)

    natural_key.dependencies = ["steps.step", "steps.attendeegroup"]  # type: ignore[attr-defined]

    @property
    def is_required(self) -> bool:
        return self.level == self.Level.REQUIRED


class TopicQuerySet(models.QuerySet["Topic"]):
    def get_by_natural_key(self, year: int, code: str) -> Topic:
        return self.get(requirement__step__programme__year=year, code=code)

    def current(self) -> Self:
        return self.filter(ended_on__isnull=True)


class Topic(models.Model):
    """One named part of a requirement: a topic to tick, a group to see, an owner in the plan."""

    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="topics")
    code = models.CharField(_("code"), max_length=10)
    order = models.PositiveSmallIntegerField(_("order"))
    label_th = models.CharField(_("label in Thai"), max_length=200)
    label_en = models.CharField(_("label in English"), max_length=200)
    group = models.ForeignKey(
        AttendeeGroup, models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner = models.CharField(_("owner"), max_length=20, choices=Owner.choices, blank=True)
    source = models.CharField(_("item of the write-up"), max_length=60, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    label = bilingual("label")
    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["requirement", "order"]
        constraints = [
            models.UniqueConstraint(fields=["requirement", "code"], name="topic_code_once"),
            models.CheckConstraint(
                condition=Q(group__isnull=True) | Q(owner=""), name="topic_one_meaning"
            ),
            *before_buddhist_years("ended_on"),
        ]

    def __str__(self) -> str:
        return str(self.label)

    def natural_key(self) -> tuple[int, str]:
        return (self.requirement.step.programme.year, self.code)

    natural_key.dependencies = ["steps.requirement"]  # type: ignore[attr-defined]
