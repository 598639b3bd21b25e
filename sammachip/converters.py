"""What may stand in an address: official codes, พ.ศ. years and step numbers, in ASCII digits."""

from django.urls import register_converter


class Code:
    """A value of one shape, as text."""

    regex = ""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


class VillageCode(Code):
    regex = "[1-9][0-9]{7}"


class AreaCode(Code):
    regex = "[1-9][0-9]([0-9]{2}){0,2}"


class DistrictCode(Code):
    regex = "[1-9][0-9]{3}"


class StepNumber(Code):
    regex = r"[1-9][0-9]?\.[1-9][0-9]?"


class SectionKey(Code):
    """A section of a knowledge record, as steps.knowledge.sections: background, process-1.4."""

    regex = (
        "background|objectives|inputs|equipment|process|process-outside|results|cautions|proposals"
        rf"|process-{StepNumber.regex}"
    )


class ImportKind(Code):
    """What a file to bring in lists, as accounts.Import.Kind."""

    regex = "villages|households|members|enrolments|officers"


class ImportOutcome(Code):
    """What a row of a file would do, as accounts.ImportRow.Outcome."""

    regex = "new|changed|same|problem"


class NumberKey:
    """A key that is a number."""

    regex = "[1-9][0-9]{0,15}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class SubmissionKey(NumberKey):
    """The key of what was handed in."""


class RecordKey(NumberKey):
    """The key of a knowledge record."""


class RecordPhotoKey(NumberKey):
    """The key of a photo in a knowledge record."""


class Year:
    """A programme's พ.ศ. fiscal year such as 2560."""

    regex = "2[5-7][0-9]{2}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


def register() -> None:
    """Make them known to ``path()``."""
    register_converter(VillageCode, "village")
    register_converter(AreaCode, "area")
    register_converter(DistrictCode, "district")
    register_converter(StepNumber, "step")
    register_converter(SectionKey, "section")
    register_converter(SubmissionKey, "submission")
    register_converter(RecordKey, "record")
    register_converter(RecordPhotoKey, "record_photo")
    register_converter(Year, "year")
    register_converter(ImportKind, "kind")
    register_converter(ImportOutcome, "outcome")
