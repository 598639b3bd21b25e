// The record form, made easier: today and yesterday, the date in words, a live count of ticks, a
// filter of names, and photos shrunk before they leave the phone. Everything works without it.

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
const LONG_EDGE = 1600;
const QUALITY = 0.8;
const WORTH_SHRINKING = 400 * 1024;

const language = document.documentElement.lang === "en" ? "en" : "th";
const words = WORDS[language];

// ---------------------------------------------------------------- dates

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
  if ("quickDates" in input.closest("form").dataset || input.name === "held_on") {
    echo.after(quickButtons(input, show));
  }
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

// ---------------------------------------------------------------- tick lists

function helpWithTicks(bar) {
  const list = bar.parentElement.querySelector("[data-tick-list]");
  const count = bar.querySelector("[data-tick-count]");
  const filter = bar.querySelector("[data-tick-filter]");
  const show = () => {
    count.textContent = String(rows(list).filter(ticked).length);
  };
  list.addEventListener("change", (event) => {
    const row = event.target.closest("li");
    const first = row.querySelector("[data-tick]");
    // A representative came for the household, so the household is ticked as well.
    if (event.target !== first && event.target.checked) first.checked = true;
    if (event.target === first && !first.checked) {
      for (const box of row.querySelectorAll("input")) box.checked = false;
    }
    show();
  });
  if (filter) {
    filter.hidden = false;
    filter.addEventListener("input", () => {
      const wanted = plain(filter.value);
      for (const row of rows(list)) row.hidden = !plain(row.textContent).includes(wanted);
    });
  }
  show();
}

const rows = (list) => [...list.children];
const ticked = (row) => [...row.querySelectorAll("input")].some((box) => box.checked);
const plain = (text) => text.toLowerCase().replace(/[่-๎็\s]/g, "");

// ---------------------------------------------------------------- photos

/** Photos made small enough for a weak signal; one that cannot be read is sent as it is. */
async function shrink(input) {
  const files = await Promise.all([...input.files].map(smaller));
  const list = new DataTransfer();
  for (const file of files) list.items.add(file);
  input.files = list.files;
}

async function smaller(file) {
  if (!file.type.startsWith("image/") || file.size < WORTH_SHRINKING) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONG_EDGE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob && blob.size < file.size
      ? new File([blob], file.name.replace(/\.[^.]*$/, ".jpg"), { type: "image/jpeg" })
      : file;
  } catch {
    return file;
  }
}

function helpWithPhotos(input) {
  let shrinking = null;
  input.addEventListener("change", () => {
    shrinking = shrink(input).finally(() => {
      shrinking = null;
    });
  });
  input.form.addEventListener("submit", (event) => {
    if (!shrinking) return;
    event.preventDefault();
    const button = event.submitter;
    // After this event is over: a form that is being submitted ignores a second call.
    shrinking.finally(() => setTimeout(() => input.form.requestSubmit(button)));
  });
}

for (const input of document.querySelectorAll("[data-thai-date]")) helpWithDate(input);
for (const bar of document.querySelectorAll("[data-tick-bar]")) helpWithTicks(bar);
for (const input of document.querySelectorAll("input[data-photos]")) helpWithPhotos(input);
