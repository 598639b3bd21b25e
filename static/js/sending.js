// Sending a form: once, with a word that it is under way, and never into a dead signal, where the
// browser would throw away the page and all that was typed. Everything works without it.

const PATIENCE = 8000; // milliseconds to wait for a sign of life

const words = document.querySelector("[data-sending-words]")?.dataset ?? {};

/** Whether the server answers now; what the browser believes of the network is not asked. */
async function reachable() {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    return (await fetch("/healthz", { cache: "no-store", signal: patience.signal })).ok;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function guard(form) {
  let state = "idle"; // then "asking", "cleared", "sending"
  const told = document.createElement("p");
  told.className = "notice";
  told.setAttribute("role", "status");

  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    if (state === "cleared") {
      state = "sending"; // this submit goes out
      return;
    }
    event.preventDefault();
    if (state !== "idle") return; // pressed twice
    state = "asking";
    tell(words.sending);
    const button = event.submitter;
    if (await reachable()) {
      state = "cleared";
      form.requestSubmit(button);
    } else {
      state = "idle";
      tell(words.noSignal);
    }
  });
  // Back from the next page: the form may be sent again.
  window.addEventListener("pageshow", () => {
    state = "idle";
    told.remove();
  });

  function tell(text) {
    told.textContent = text;
    form.append(told);
  }
}

// A download leaves the page where it is: its form can be pressed again.
for (const form of document.querySelectorAll("main form[method=post]:not([data-download])")) guard(form);
