"""The demo accounts and their invented colleagues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from accounts.checks import DEMO_PASSWORD
from accounts.models import Office, Posting, User
from accounts.rights import Role
from sammachip.demo.words import FEMALE_NAMES, MALE_NAMES, OFFICES, SURNAMES
from villages.models import Area

PROVINCE = "33"
HOME = "3314"  # the district whose story is told village by village
SINCE = date(2016, 10, 1)  # the first day of the write-up's year


@dataclass(frozen=True)
class Person:
    """Somebody invented, with the one posting they hold; no area: nationally."""

    staff_id: str
    name: str
    position: str
    role: Role
    area: str | None


ACCOUNTS = (
    Person("officer", "นางสาวพิมพ์ใจ แก้วงาม", "นักวิชาการพัฒนาชุมชนปฏิบัติการ", Role.OFFICER, HOME),
    Person("officer2", "นายธนา ศรีสว่าง", "เจ้าพนักงานพัฒนาชุมชนชำนาญงาน", Role.OFFICER, HOME),
    Person("chief", "นายประเสริฐ วงศ์ทอง", "พัฒนาการอำเภอศรีรัตนะ", Role.CHIEF, HOME),
    Person("province", "นางวันเพ็ญ บุญมาก", "นักวิชาการพัฒนาชุมชนชำนาญการ", Role.PROVINCE, PROVINCE),
    Person("department", "นายอาทิตย์ เจริญสุข", "ผู้อำนวยการกลุ่มงาน", Role.DEPARTMENT, None),
    Person("admin", "นางสาวดวงใจ มั่นคง", "นักวิชาการคอมพิวเตอร์", Role.ADMINISTRATOR, None),
)
REVIEWER = Person(
    "demo-reviewer", "นางศิริพร ใจดี", "นักวิชาการพัฒนาชุมชนชำนาญการ", Role.PROVINCE, PROVINCE
)


def make_accounts() -> dict[str, User]:
    """The accounts to sign in with, by staff id. One that exists is left exactly as it is."""
    for area, name in OFFICES.items():
        Office.objects.get_or_create(area_id=area, defaults={"name": name})
    return {person.staff_id: _account(person, DEMO_PASSWORD) for person in ACCOUNTS}


def make_colleague(person: Person) -> User:
    """Somebody of the demo whom nobody can sign in as."""
    return _account(person, None)


def _account(person: Person, password: str | None) -> User:
    stored = User.objects.filter(staff_id__iexact=person.staff_id).first()
    if stored:
        return stored
    user = User.objects.create_user(
        person.staff_id,
        password,
        name=person.name,
        position=person.position,
        phone=invented_phone(person.staff_id),
    )
    Posting.objects.create(
        user=user,
        role=person.role,
        area_id=person.area,
        national=person.area is None,
        starts_on=SINCE,
    )
    return user


def officers_of(district: Area, accounts: dict[str, User]) -> list[User]:
    """Who works in a district: the two accounts at home, elsewhere one colleague."""
    if district.code == HOME:
        return [accounts["officer"], accounts["officer2"]]
    name = invented_name(Random(district.code))
    staff_id = f"demo-{district.code}"
    return [make_colleague(Person(staff_id, name, "พัฒนากร", Role.OFFICER, district.code))]


def invented_name(rng: Random) -> str:
    """A name with its title, such as a head of household's."""
    title, names = rng.choice([("นาย", MALE_NAMES), ("นาง", FEMALE_NAMES)])
    return f"{title}{rng.choice(names)} {rng.choice(SURNAMES)}"


def invented_phone(staff_id: str) -> str:
    """A number nobody has: no exchange begins with 080 000."""
    return f"080 000 {Random(staff_id).randrange(10_000):04}"


def account_table() -> list[tuple[str, str, str, str]]:
    """User, role, area and password of each account, the headings first."""
    rows = [
        (person.staff_id, str(person.role), person.area or "national", DEMO_PASSWORD)
        for person in ACCOUNTS
    ]
    return [("user", "role", "area", "password"), *rows]
