// Saves a score while somebody writes: <form data-autosave>, as soon as a level is chosen and the reason is long
// enough, and whenever the reason is left. Never with each letter: every save is an event for ever. What became
// of it is said in [data-save-state]. Without scripts the buttons of the form save.

const form = document.querySelector("form[data-autosave]");
const SHORTEST = 10;
const PAUSE = 700;

function autosave() {
  const state = document.querySelector("[data-save-state]");
  const place = form.querySelector("[data-conflict]");
  const reason = form.elements.reason;
  const words = form.dataset;
  let running = null;
  let conflict = "conflicting" in words;
  let timer = 0;

  // What a save depends on: the version would differ after each, the token says nothing.
  const written = () => {
    const data = new FormData(form);
    for (const name of ["csrf_token", "version", "standard", "go"]) data.delete(name);
    return new URLSearchParams(data).toString();
  };
  const complete = () => {
    const levels = [...form.querySelectorAll("[name=level]")];
    return (
      reason.value.trim().length >= SHORTEST &&
      (!levels.length || levels.some((one) => one.checked)) &&
      [...form.querySelectorAll("select")].every((one) => one.value)
    );
  };
  const say = (text, tone) => {
    state.dataset.saveState = tone;
    if (state.textContent.trim() !== text) state.textContent = text;
  };

  let saved = written();
  const isSaved = () => written() === saved;

  function show(answer) {
    conflict = true;
    form.elements.version.value = answer.version;
    const part = new DOMParser().parseFromString(answer.conflict, "text/html");
    place.replaceChildren(...part.body.childNodes);
    place.hidden = false;
    place.scrollIntoView({ block: "start" });
  }

  async function send() {
    const sent = written();
    say(words.saving, "saving");
    let answer;
    try {
      answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        // A sign-in page is no answer. And what was sent arrives though the page is left.
        redirect: "manual",
        keepalive: true,
      });
    } catch {
      return say(words.failed, "failed");
    }
    if (answer.type === "opaqueredirect") return say(words.signedOut, "failed");
    const isTold = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (!isTold) return say(words.refused, "failed");
    const told = await answer.json();
    if (told.conflict) show(told);
    if (!answer.ok) return say(told.said || words.refused, "failed");
    form.elements.version.value = told.version;
    saved = sent;
    say(told.said, "saved");
    if (isSaved()) form.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
  }

  function save() {
    clearTimeout(timer);
    // After a conflict nothing is written over somebody else's words but by their own decision.
    if (running || conflict || isSaved()) return running;
    if (!complete()) {
      say(words.waiting, "waiting");
      return null;
    }
    running = send().finally(() => {
      running = null;
      // What was chosen while the answer was on its way.
      if (state.dataset.saveState === "saved" && !isSaved() && document.activeElement !== reason) save();
    });
    return running;
  }

  form.addEventListener("change", (event) => {
    if (event.target === reason) save();
    else {
      // The arrows pass over levels that are not meant.
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    }
  });
  window.addEventListener("online", save);

  // Whoever goes on at once waits for what is on its way, and the form is not sent beside itself.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[href]:not([target], [download], [href^='#'])");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const waiting = save();
    if (!waiting) return;
    event.preventDefault();
    await waiting;
    // What has just been shown is not left unseen, and not written over.
    if (!conflict) location.assign(link.href);
  });
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (!running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await running;
    if (!conflict) form.requestSubmit(event.submitter);
  });
}

if (form) autosave();
