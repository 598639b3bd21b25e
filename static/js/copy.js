// A text to take elsewhere: a press copies it. Where the browser gives no clipboard it is selected,
// to be copied by hand; without this script the text can be selected all the same.

async function copy(button, text, said) {
  text.focus();
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    said.textContent = button.dataset.copied;
  } catch {
    said.textContent = button.dataset.byHand;
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", () => copy(button, text, said));
}
