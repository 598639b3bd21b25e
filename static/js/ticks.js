// Lists of boxes to tick: a live count, a filter of names, and boxes that belong together. Everything
// works without it.

const rows = (list) => [...list.children];
const first = (row) => row.querySelector("[data-tick]");
const plain = (text) => text.toLowerCase().replace(/[่-๎็\s]/g, "");

/** Whether the second box of a row says something of its own: not every model is a target. */
const isApart = (list) => list.dataset.tickList === "apart";

const isTicked = (row, list) => first(row).checked
  || (!isApart(list) && [...row.querySelectorAll("input")].some((box) => box.checked));

/** A representative came for the household, so the household is ticked as well; or neither is. */
function keepTogether(event) {
  const row = event.target.closest("li");
  if (event.target !== first(row) && event.target.checked) first(row).checked = true;
  if (!first(row).checked) {
    for (const box of row.querySelectorAll("input")) box.checked = false;
  }
}

function helpWithBar(bar) {
  const list = bar.parentElement.querySelector("[data-tick-list]");
  if (!list) return;
  const count = bar.querySelector("[data-tick-count]");
  const show = () => {
    count.textContent = String(rows(list).filter((row) => isTicked(row, list)).length);
  };
  list.addEventListener("change", show);
  helpToFind(bar.querySelector("[data-tick-filter]"), list);
  show();
}

function helpToFind(filter, list) {
  if (!filter) return;
  filter.closest("label").hidden = false;
  filter.addEventListener("input", () => {
    const wanted = plain(filter.value);
    for (const row of rows(list)) row.hidden = !plain(row.textContent).includes(wanted);
  });
}

for (const list of document.querySelectorAll("[data-tick-list]")) {
  if (!isApart(list)) list.addEventListener("change", keepTogether);
}
for (const bar of document.querySelectorAll("[data-tick-bar]")) helpWithBar(bar);
