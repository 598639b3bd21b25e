"""The programme as data, what happened in villages, and what was learned."""

from steps.models.activities import (
    Activity,
    ActivityText,
    Attendance,
    GroupCount,
    MemberAttendance,
    SupportingAgency,
)
from steps.models.choices import (
    ActivityForm,
    DocumentSource,
    EvidenceType,
    LedBy,
    Owner,
    Status,
)
from steps.models.enrolments import (
    ChangeLeader,
    Enrolment,
    EnrolmentHousehold,
    QuietReason,
    Shortfall,
)
from steps.models.factors import (
    AssessedFactor,
    Assessment,
    Factor,
    FactorLevel,
    Need,
    NetworkLink,
)
from steps.models.files import Blob, Evidence, ReceivedFile, ShelfDocument
from steps.models.handovers import Handover
from steps.models.knowledge import KnowledgeRecord, RecordPhoto, RecordSection
from steps.models.lessons import Lesson, LessonKind, Prompt
from steps.models.money import Contribution
from steps.models.plans import Plan, PlanItem
from steps.models.programme import AttendeeGroup, Phase, Programme, Requirement, Step, Topic
from steps.models.progress import Review, ReviewItem, StepProgress, Submission
from steps.models.tallies import KeptFigures, OccasionReach, Tally, YearProgress

__all__ = [
    "Activity",
    "ActivityForm",
    "ActivityText",
    "AssessedFactor",
    "Assessment",
    "Attendance",
    "AttendeeGroup",
    "Blob",
    "ChangeLeader",
    "Contribution",
    "DocumentSource",
    "Enrolment",
    "EnrolmentHousehold",
    "Evidence",
    "EvidenceType",
    "Factor",
    "FactorLevel",
    "GroupCount",
    "Handover",
    "KeptFigures",
    "KnowledgeRecord",
    "LedBy",
    "Lesson",
    "LessonKind",
    "MemberAttendance",
    "Need",
    "NetworkLink",
    "OccasionReach",
    "Owner",
    "Phase",
    "Plan",
    "PlanItem",
    "Programme",
    "Prompt",
    "QuietReason",
    "ReceivedFile",
    "RecordPhoto",
    "RecordSection",
    "Requirement",
    "Review",
    "ReviewItem",
    "ShelfDocument",
    "Shortfall",
    "Status",
    "Step",
    "StepProgress",
    "Submission",
    "SupportingAgency",
    "Tally",
    "Topic",
    "YearProgress",
]
