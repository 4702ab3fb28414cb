// What pages gain with script. Each works without it: Next and Continue ask the server again.
// No text here: words come in data attributes, in the page's language.
(() => {
  "use strict";
  const page = document.documentElement;
  const all = (selector) => document.querySelectorAll(selector);
  page.classList.add("live");

  // [data-left] seconds are left, said by data-short ("{s}") and data-long ("{m}", "{s}"). A <progress> beside it
  // follows. What is disabled until then ([data-until] of the same form) opens.
  const loaded = performance.now();
  const clocks = [...all("[data-left]")].map((element) => ({ element, left: Number(element.dataset.left) }));
  function tick() {
    let running = false;
    for (const { element, left } of clocks) {
      const seconds = Math.max(0, Math.ceil(left - (performance.now() - loaded) / 1000));
      const form = seconds < 60 ? element.dataset.short : element.dataset.long;
      element.textContent = form.replace("{m}", Math.floor(seconds / 60)).replace("{s}", seconds % 60);
      const bar = element.closest(".number")?.querySelector("progress");
      if (bar) bar.value = seconds;
      const button = element.closest("[aria-disabled]");
      if (button && seconds === 0) {
        button.removeAttribute("aria-disabled");
        button.textContent = button.dataset.then;
      }
      running ||= seconds > 0;
    }
    if (running) setTimeout(tick, 1000 - ((performance.now() - loaded) % 1000));
  }
  if (clocks.length) tick();

  // <time data-moment>: the reader's own time and zone; of today the time alone.
  for (const element of all("time[data-moment]")) {
    const moment = new Date(element.dateTime);
    const today = moment.toDateString() === new Date().toDateString();
    const form = element.dataset.moment === "day" ? { dateStyle: "long" }
      : today ? { timeStyle: "short" } : { dateStyle: "long", timeStyle: "short" };
    element.textContent = new Intl.DateTimeFormat(page.lang, form).format(moment);
  }

  // [data-copy="id"] copies the text of that element and says so for a while.
  for (const button of all("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText.trim());
      const name = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = name; }, 2000);
    });
  }

  // A button that waits for its time, or was pressed already, sends nothing.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.getAttribute("aria-disabled") === "true" || event.target.dataset.sent) event.preventDefault();
    else event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => all("form").forEach((form) => delete form.dataset.sent));

  // form[data-go-on]: is sent at once ("now"), or when what the page waits for has come to that state.
  const form = document.querySelector("form[data-go-on]");
  if (form?.dataset.goOn === "now") form.requestSubmit();

  // [data-progress]: asks what has become of what the page waits for. The server holds the question until that is
  // something else than data-state; then the page is asked for anew. The answer has one word and nothing to show.
  const waiting = document.querySelector("[data-progress]");
  if (!waiting) return;
  const { progress, state, next } = waiting.dataset;
  const gone = new AbortController();
  addEventListener("pagehide", () => gone.abort());
  addEventListener("pageshow", (event) => { if (event.persisted) location.replace(next); });
  async function ask(pause) {
    try {
      const reply = await fetch(`${progress}?state=${encodeURIComponent(state)}`, {
        cache: "no-store", credentials: "same-origin", redirect: "error", signal: gone.signal,
        headers: { Accept: "application/json" },
      });
      if (reply.status === 401) return location.replace(next);
      if (reply.ok) {
        const reached = (await reply.json()).state;
        if (form && reached === form.dataset.goOn) return form.requestSubmit();
        if (reached !== state) return location.replace(next);
        return setTimeout(ask, 200, 1);
      }
    } catch {
      if (gone.signal.aborted) return;
    }
    setTimeout(ask, pause * 1000, Math.min(pause * 2, 30));
  }
  ask(1);
})();
