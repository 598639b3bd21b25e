"""Accounts of officers and where they are posted: a row a posting."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.access import Scope
from accounts.models import Import, ImportRow, Posting, User
from accounts.rights import Role
from sammachip.thai.dates import short
from steps.recording.core import Values
from villages.imports.cells import MOST_ROWS
from villages.imports.fields import DayField, EmailText, PhoneField, TextField, WordField
from villages.imports.kinds.base import Kind, chunks, thai, thai_day
from villages.imports.kinds.households import PHONE_COLUMN, join_name, name_columns
from villages.imports.places import standing_areas
from villages.imports.repairs import AREA_NAME, CODE, DIGITS, TEXT, TIDY
from villages.imports.rows import RowForm, at, at_field, column
from villages.imports.words import problem
from villages.models import Area, Village

GIVEN = (
    Role.OFFICER,
    Role.CHIEF,
    Role.PROVINCE,
    Role.DEPARTMENT,
)  # administrators are made by hand
ACCOUNT_FIELDS = ("name", "position", "email", "phone")


@dataclass(frozen=True)
class Period:
    """The days of a posting, as a flat value "2026-10-01..2027-09-30"; the last may be open."""

    starts: date
    ends: date | None

    @classmethod
    def read(cls, text: str) -> Period | None:
        """The period of a flat value; None for an empty one."""
        if not text:
            return None
        starts, _dots, ends = text.partition("..")
        return cls(date.fromisoformat(starts), date.fromisoformat(ends) if ends else None)

    @property
    def words(self) -> str:
        """From when until when, as people read it."""
        return f"{short(self.starts)} – {short(self.ends) if self.ends else ''}".strip()

    def __str__(self) -> str:
        return f"{self.starts.isoformat()}..{self.ends.isoformat() if self.ends else ''}"


class OfficerRow(RowForm):
    """An account with one of its postings. Several rows of an account are several postings."""

    columns = (
        column(
            "staff_id",
            _("Staff id"),
            "รหัสเจ้าหน้าที่",
            "รหัสผู้ใช้",
            "รหัสพนักงาน",
            "staff id",
            "username",
            mendings=(TIDY,),
            example="somchai.r",
        ),
        *name_columns("name", _("Name"), "ชื่อ", "ชื่อ-สกุล", "ชื่อ สกุล", "ชื่อ-นามสกุล", "name"),
        column(
            "position",
            _("Position"),
            "ตำแหน่ง",
            "position",
            mendings=TEXT,
            example="นักวิชาการพัฒนาชุมชนชำนาญการ",
        ),
        column("email", _("E-mail"), "อีเมล", "อีเมล์", "e-mail", "email", mendings=(TIDY,)),
        PHONE_COLUMN,
        column(
            "role",
            _("Role"),
            "หน้าที่",
            "บทบาท",
            "ทำหน้าที่",
            "role",
            mendings=TEXT,
            example="พัฒนากร",
        ),
        column(
            "area",
            _("Area code"),
            "รหัสพื้นที่",
            "รหัสอำเภอ",
            "รหัสพื้นที่รับผิดชอบ",
            "area code",
            "area",
            mendings=CODE,
            example="3314",
        ),
        column("province", _("Province"), "จังหวัด", "province", mendings=AREA_NAME, fills=1),
        column("district", _("District"), "อำเภอ", "เขต", "district", mendings=AREA_NAME, fills=2),
        column(
            "subdistrict",
            _("Subdistrict"),
            "ตำบล",
            "แขวง",
            "subdistrict",
            mendings=AREA_NAME,
            fills=3,
        ),
        column(
            "starts_on",
            _("From"),
            "ตั้งแต่วันที่",
            "ตั้งแต่",
            "วันที่เริ่ม",
            "from",
            "starts on",
            mendings=(TIDY, DIGITS),
            example="1/10/2569",
        ),
        column(
            "ends_on",
            _("To, inclusive"),
            "ถึงวันที่",
            "ถึง",
            "วันที่สิ้นสุด",
            "to",
            "ends on",
            mendings=(TIDY, DIGITS),
        ),
    )
    compared = ACCOUNT_FIELDS
    day_columns = frozenset({"starts_on", "ends_on"})

    staff_id = TextField(50)
    title = TextField(30)
    name = TextField(150)
    surname = TextField(100)
    position = TextField(150)
    email = EmailText(254)
    phone = PhoneField(30)
    area = TextField(20)
    province = TextField(100)
    district = TextField(100)
    subdistrict = TextField(100)
    starts_on = DayField()
    ends_on = DayField()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"] = WordField(*role_words())
        self._first: dict[str, tuple[int, dict[str, str]]] = {}

    @cached_property
    def accounts(self) -> dict[str, User]:
        """Every account by its staff id in small letters."""
        return {user.staff_id.lower(): user for user in User.objects.all()}

    @cached_property
    def postings(self) -> dict[tuple[int, str], str]:
        """The last period of each account's postings, by account and flat field."""
        rows = Posting.objects.order_by("starts_on")
        return {
            (row.user_id, f"posting-{row.role}-{row.area_id or ''}"): str(
                Period(row.starts_on, row.ends_on)
            )
            for row in rows
        }

    @cached_property
    def emails(self) -> dict[str, str]:
        """Who has an e-mail address, both in small letters."""
        return {user.email.lower(): key for key, user in self.accounts.items() if user.email}

    def locate(self, cleaned: Mapping[str, Any]) -> None:
        join_name(self, "name")
        staff_id = cleaned.get("staff_id") or ""
        self.judged.label = f"{staff_id} {self.cleaned_data.get('name') or ''}".strip()
        self.require(["staff_id"])
        self._check_staff_id(staff_id)
        stored = self.accounts.get(staff_id.lower())
        if stored:
            self.judged.subject = stored.staff_id
        else:
            self.require(["name", "role", "starts_on"])
        self._check_email(cleaned.get("email") or "", staff_id.lower())
        posting = self._posting(cleaned)
        self.judged.key = (staff_id.lower(), posting)
        self._refuse_own(stored, posting)
        self._check_period(stored, posting)
        self._check_other_rows(staff_id.lower())

    def _check_staff_id(self, staff_id: str) -> None:
        if staff_id:
            try:
                User._meta.get_field("staff_id").run_validators(staff_id)
            except ValidationError as error:
                raise at("staff_id", problem("staff_id")) from error

    def _refuse_own(self, stored: User | None, posting: str) -> None:
        """Whoever brings the file may stand in it, and changes nothing of themselves."""
        if stored is None or stored != self.by:
            return
        days = self.postings.get((stored.pk, posting), "") if posting else ""
        changes = [
            name
            for name in ACCOUNT_FIELDS
            if self.cleaned_data.get(name) or name in self.cleared
            if getattr(stored, name) not in (self.cleaned_data.get(name), self.written.get(name))
        ]
        if changes or days != self._days(posting):
            raise at("staff_id", problem("own_posting"))

    def _days(self, posting: str) -> str:
        """The period of the row's posting as a flat value; "" where it names none."""
        starts = self.cleaned_data.get("starts_on")
        return str(Period(starts, self.cleaned_data.get("ends_on"))) if posting and starts else ""

    def _check_email(self, email: str, staff_id: str) -> None:
        owner = self.emails.setdefault(email.lower(), staff_id) if email else staff_id
        if owner != staff_id:
            self.add_error("email", problem("email_taken"))

    def _posting(self, cleaned: Mapping[str, Any]) -> str:
        """The posting as a flat field "posting-officer-3314"; "" where the row names none."""
        role = cleaned.get("role") or ""
        if not role:
            self._refuse_half_a_posting(cleaned)
            return ""
        if role not in GIVEN:
            raise at("role", problem("role_not_here"))
        self.require(["starts_on"])
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            raise at("ends_on", problem("last_day_first"))
        return f"posting-{role}-{self._area(cleaned, role)}"

    def _refuse_half_a_posting(self, cleaned: Mapping[str, Any]) -> None:
        if any(cleaned.get(name) for name in ("area", "starts_on", "ends_on")):
            self.require(["role"])

    def _check_period(self, stored: User | None, posting: str) -> None:
        """A posting begins after the last one there has ended; the past is not rewritten."""
        starts = self.cleaned_data.get("starts_on")
        old = Period.read(self.postings.get((stored.pk, posting), "")) if stored else None
        if old is None or starts is None:
            return
        if starts == old.starts:
            self._check_end(old)
        elif old.ends is None or starts <= old.ends:
            raise at("starts_on", problem("posting_past", day=short(old.starts)))

    def _check_end(self, old: Period) -> None:
        """The end of a stored posting: an empty cell leaves it, and one that has ended stays so."""
        if "ends_on" not in self.cleared and not self.cleaned_data.get("ends_on"):
            self.cleaned_data["ends_on"] = old.ends
        if old.ends and old.ends < self.today and self.cleaned_data["ends_on"] != old.ends:
            raise at("ends_on", problem("ended"))

    def _check_other_rows(self, staff_id: str) -> None:
        """Rows of one account say the same of it."""
        said = {name: text for name in ACCOUNT_FIELDS if (text := self.cleaned_data.get(name))}
        number, before = self._first.setdefault(staff_id, (self.row.number, said))
        if any(before.get(name, text) != text for name, text in said.items()):
            self.add_error(None, problem("differs_from_row", row=number))
        before |= {name: text for name, text in said.items() if name not in before}

    def _area(self, cleaned: Mapping[str, Any], role: str) -> str:
        """The area of the posting; "" is the whole country."""
        text = cleaned.get("area") or ""
        named = any(cleaned.get(level) for level in ("province", "district", "subdistrict"))
        if role == Role.DEPARTMENT:
            if text or named:
                raise at("area", problem("national_area"))
            code = ""
        else:
            code = self._code(text, cleaned) if text else self.area_meant(cleaned, "area")
            if not code:
                raise at("area", problem("required"))
        allowed = self.places.allowed
        if not (allowed.covers(code) if code else allowed.national):
            raise at("area", problem("area_not_yours"))
        return code

    def _code(self, text: str, cleaned: Mapping[str, Any]) -> str:
        """The code of an area of any level, which lies where the row says."""
        if len(text) % 2 or len(text) > Area.SUBDISTRICT:
            raise at("area", problem("bad_code", text=text, needed="2, 4, 6"))
        code = self.checked_code("area", text, len(text))
        with at_field("area"):
            self.places.known_area(code)
        self.refuse_outside("area", code, cleaned)
        return code

    def after(self) -> Values:
        said = super().after()
        _staff_id, posting = self.judged.key
        if posting:
            said[posting] = self._days(posting)
        return said if self.judged.subject else {**said, "staff_id": self.cleaned_data["staff_id"]}


class Officers(Kind):
    name = Import.Kind.OFFICERS
    about = _("One row a posting: the account with its staff id, role, area and days.")
    form = OfficerRow
    model = User
    subject = "staff_id"
    named_by = ("staff_id",)
    national = True
    personal = False  # colleagues' names and phones are known to all who may do this
    derived = (Posting,)
    at_once = MOST_ROWS  # the rows of an account may stand anywhere in the file

    def lock(self, codes: AbstractSet[str], subjects: AbstractSet[str]) -> dict[str, Village]:
        """The accounts; no village."""
        for some in chunks(sorted(subjects)):
            accounts = User.objects.select_for_update(no_key=True).filter(staff_id__in=some)
            list(accounts.order_by("staff_id"))
        return {}

    def rows_of(self, subjects: Collection[str]) -> list[User]:
        accounts = User.objects.prefetch_related("postings")
        return [
            row for some in chunks(sorted(subjects)) for row in accounts.filter(staff_id__in=some)
        ]

    def values(self, row: User) -> Values:
        """The account, and each posting that has begun or will, by role and area."""
        postings = sorted(row.postings.all(), key=lambda posting: posting.starts_on)
        return super().values(row) | {
            f"posting-{posting.role}-{posting.area_id or ''}": str(
                Period(posting.starts_on, posting.ends_on)
            )
            for posting in postings
        }

    def allowed(self, where: Scope, on: date) -> dict[str, list[str]]:
        return {"role": role_words()[1]}

    def within(self, where: Scope) -> Iterator[Posting]:
        """The postings in force or to come of accounts that may sign in; a row each."""
        rows = Posting.objects.filter(user__is_active=True, role__in=GIVEN, ends_on=None)
        rows = rows.filter(where.condition("area__code")).select_related("user")
        return rows.order_by("user__staff_id", "starts_on").iterator(chunk_size=2_000)

    def cells(self, row: Any) -> dict[str, str]:
        """Of a posting."""
        user = row.user
        return {
            **{name: getattr(user, name) for name in ("staff_id", *ACCOUNT_FIELDS)},
            "role": thai(Role(row.role).label),
            "area": row.area_id or "",
            "starts_on": thai_day(row.starts_on),
            "ends_on": thai_day(row.ends_on),
        }

    def in_use(self, row: User) -> bool:
        """Signed in once, or about to: a slip was printed. Or closed."""
        signs_in = row.last_login is not None or row.has_usable_password()
        return signs_in or not row.is_active

    def lost(self, rows: Sequence[ImportRow], on: date) -> Iterator[ImportRow]:
        """Postings to an area that was abolished meanwhile."""
        named = {row: _areas_of(row.after) for row in rows}
        there = standing_areas(set().union(*named.values()))
        yield from (row for row, codes in named.items() if codes - there)

    def create(self, rows: Sequence[ImportRow], villages: Mapping[str, Village]) -> list[Any]:
        """One account for all its rows; nobody can sign in before a slip is printed."""
        first = {row.after["staff_id"].lower(): row.after for row in reversed(rows)}
        # In one order, so that two imports of the same accounts wait for each other, not in a ring.
        accounts = {key: self._account(values) for key, values in sorted(first.items())}
        made = [accounts[row.after["staff_id"].lower()] for row in rows]
        for row, account in zip(rows, made, strict=True):
            row.after["staff_id"] = account.staff_id  # as the first of its rows writes it
            self._post(account, {}, row.after)
        return made

    def _account(self, values: Values) -> User:
        user = User(
            **{name: values[name] for name in ("staff_id", *ACCOUNT_FIELDS) if name in values}
        )
        user.set_unusable_password()
        user.save()
        return user

    def change(self, changes: Mapping[str, Values]) -> list[Any]:
        rows = self.rows_of(changes)
        for row in rows:
            before, wanted = self.values(row), changes[row.staff_id]
            names = [name for name in ACCOUNT_FIELDS if name in wanted]
            for name in names:
                setattr(row, name, wanted[name])
            row.save(update_fields=names)
            self._post(row, before, wanted)
        return rows

    def _post(self, user: User, before: Values, wanted: Values) -> None:
        """Postings made, ended, or taken back: one whose first day stays is the same posting."""
        for name, text in wanted.items():
            if not name.startswith("posting-"):
                continue
            _posting, role, code = name.split("-", 2)
            place: dict[str, Any] = {
                "user": user,
                "role": role,
                "area_id": code or None,
                "national": not code,
            }
            old, new = Period.read(before.get(name, "")), Period.read(text)
            if old and (new is None or new.starts < old.starts):
                Posting.objects.filter(**place, starts_on=old.starts).delete()
            if new:
                Posting.objects.update_or_create(
                    **place, starts_on=new.starts, defaults={"ends_on": new.ends}
                )

    def delete(self, rows: Sequence[Any]) -> None:
        accounts = [row.pk for row in rows]
        Posting.objects.filter(user__in=accounts).delete()
        super().delete(rows)


def _areas_of(values: Values) -> set[str]:
    """The codes of the areas of postings; the whole country is none."""
    return {name.split("-", 2)[2] for name in values if name.startswith("posting-")} - {""}


def role_words() -> tuple[dict[str, str], list[str]]:
    """Every word for a role in both languages; and the Thai ones of those a file may give."""
    words: dict[str, str] = {role.value: role.value for role in Role}
    for language in ("en", "th"):
        with override(language):
            thai = [str(role.label) for role in GIVEN]
            words |= {str(role.label): role.value for role in Role}
    return words, thai
