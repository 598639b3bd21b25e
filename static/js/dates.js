// Beside each date field: the date as it was understood, in words; where people record, today and
// yesterday to press. Everything works without it.

const MONTHS = {
  th: ["มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม",
    "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"],
  en: ["January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December"],
};
const SHORT = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.",
  "พ.ย.", "ธ.ค."];
const WORDS = {
  th: { today: "วันนี้", yesterday: "เมื่อวาน", era: "พ.ศ." },
  en: { today: "Today", yesterday: "Yesterday", era: "BE" },
};

const language = document.documentElement.lang === "en" ? "en" : "th";
const words = WORDS[language];

/** The day a text means as {year (ค.ศ.), month, day}, or null; the server has the last word. */
function read(text) {
  const digits = text.trim().replace(/[๐-๙]/g, (d) => String("๐๑๒๓๔๕๖๗๘๙".indexOf(d)))
    .replace(/พ\.ศ\.|BE/g, " ");
  const iso = digits.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/);
  if (iso) return checked(+iso[1], +iso[2], +iso[3]);
  const numbers = digits.match(/^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$/);
  if (numbers) return checked(+numbers[3], +numbers[2], +numbers[1]);
  const named = digits.match(/^(\d{1,2})\s*([^\d\s]+)\s*(\d{4})$/);
  return named ? checked(+named[3], monthOf(named[2]), +named[1]) : null;
}

function monthOf(name) {
  const lower = name.toLowerCase();
  const at = SHORT.indexOf(name);
  if (at >= 0) return at + 1;
  for (const names of Object.values(MONTHS)) {
    const found = names.findIndex((month) => month.toLowerCase() === lower
      || month.slice(0, 3).toLowerCase() === lower);
    if (found >= 0) return found + 1;
  }
  return 0;
}

function checked(typed, month, day) {
  const year = typed >= 2400 ? typed - 543 : typed;
  const date = new Date(Date.UTC(year, month - 1, day));
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return same && year >= 1900 && year <= 2199 ? { year, month, day } : null;
}

function inWords({ year, month, day }) {
  const buddhist = year + 543;
  return language === "th"
    ? `${day} ${MONTHS.th[month - 1]} ${words.era} ${buddhist}`
    : `${day} ${MONTHS.en[month - 1]} ${buddhist} ${words.era}`;
}

/** The day in Thailand, some days ago, as people type it. */
function daysAgo(days) {
  const bangkok = new Date(Date.now() + 7 * 3600e3 - days * 86400e3);
  return `${bangkok.getUTCDate()}/${bangkok.getUTCMonth() + 1}/${bangkok.getUTCFullYear() + 543}`;
}

function helpWithDate(input) {
  const echo = document.createElement("output");
  echo.className = "echo";
  echo.setAttribute("for", input.id);
  const show = () => {
    const date = read(input.value);
    echo.textContent = date ? inWords(date) : "";
  };
  input.addEventListener("input", show);
  input.after(echo);
  if (input.name === "held_on") echo.after(quickButtons(input, show));
  show();
}

function quickButtons(input, show) {
  const group = document.createElement("div");
  group.className = "segmented";
  group.setAttribute("role", "group");
  for (const [label, days] of [[words.today, 0], [words.yesterday, 1]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => {
      input.value = daysAgo(days);
      show();
    });
    group.append(button);
  }
  return group;
}

/** Every date field of a part of the page, but for the row the admin copies new rows from. */
function helpWithDates(part) {
  for (const input of part.querySelectorAll("[data-thai-date]")) {
    if (!input.closest(".empty-form")) helpWithDate(input);
  }
}

helpWithDates(document);
document.addEventListener("formset:added", (event) => helpWithDates(event.target));
