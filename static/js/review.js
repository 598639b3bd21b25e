// Single keys on the pages of a reviewer: j k v r ?. Off until the reader turns them on (WCAG 2.1.4),
// remembered on this device, and silent while something is being typed. Each only goes where a button
// or link of the page goes; what stores something is focused, and Enter presses it.

const REMEMBERED = "review-keys";
const box = document.querySelector("[data-keys]");
const toggle = box?.querySelector("[data-keys-toggle]");

const isOn = () => toggle.getAttribute("aria-pressed") === "true";
const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const reduced = matchMedia("(prefers-reduced-motion: reduce)");

function recall() {
  try {
    return localStorage.getItem(REMEMBERED) === "on";
  } catch {
    return false; // a browser that keeps nothing
  }
}

function set(on) {
  toggle.setAttribute("aria-pressed", String(on));
  try {
    localStorage.setItem(REMEMBERED, on ? "on" : "off");
  } catch {
    // it holds for this page
  }
}

function act(element) {
  if (element.matches("details")) {
    element.open = !element.open;
    element.querySelector("summary").focus();
  } else if (element.dataset.keyFocus) {
    focus(document.getElementById(element.dataset.keyFocus));
  } else if (element.matches("a")) {
    element.click();
  } else {
    focus(element);
  }
}

function focus(element) {
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center", behavior: reduced.matches ? "auto" : "smooth" });
}

if (toggle) {
  box.hidden = false;
  set(recall());
  toggle.addEventListener("click", () => set(!isOn()));
  document.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (!isOn() || !plain || typing(event.target)) return;
    const element = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!element) return;
    event.preventDefault();
    act(element);
  });
}
