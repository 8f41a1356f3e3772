// Says in time that a session ends, and lets it go on: <div data-session>, with its words in templates beside it.
// What was typed stays on the page, past the end too: whoever signs in again in another tab goes on here. Without
// scripts a session ends without a word.

const place = document.querySelector("[data-session]");
const OFTEN = 5000;
const LONG_ENOUGH = 5000;

function watch() {
  const { person, warning, each } = place.dataset;
  const words = (name) => document.querySelector(`[data-session-words=${name}]`);
  const tabs = new BroadcastChannel("accredit.session");
  let { session } = place.dataset;
  let shown = "";
  let hushed = 0;
  let before = null;
  // Whether the forms carry tokens of a session before the present one.
  let stale = false;
  let idleEnd;
  let lastEnd;

  const end = () => Math.min(idleEnd, lastEnd);
  function goOn({ idle, last }) {
    idleEnd = Date.now() + idle * 1000;
    lastEnd = Date.now() + last * 1000;
  }
  const tell = () => tabs.postMessage({ person, session, left: idleEnd - Date.now() });

  function show(name) {
    if (shown === name) return;
    shown = name;
    const hadFocus = place.contains(document.activeElement);
    place.replaceChildren(...(name ? [words(name).content.cloneNode(true)] : []));
    if (hadFocus) (before?.isConnected ? before : document.getElementById("main")).focus({ preventScroll: true });
  }
  function look() {
    const left = end() - Date.now();
    if (left <= 0) show("over");
    else if (left <= warning * 60_000) show(lastEnd <= idleEnd ? "last" : "idle");
    else if (Date.now() >= hushed) show("");
  }

  // Asks how long it goes on, which is a use of the session like any other; whether it does, for the same person.
  async function ask() {
    let answer;
    try {
      answer = await fetch(words("idle").dataset.address, { redirect: "manual" });
    } catch {
      return false;
    }
    const told = answer.ok ? await answer.json() : {};
    if (String(told.person) !== person) {
      idleEnd = 0;
      return false;
    }
    goOn(told);
    session = String(told.session);
    for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = told.token;
    stale = false;
    tell();
    return true;
  }

  place.addEventListener("focusin", (event) => {
    if (!place.contains(event.relatedTarget)) before = event.relatedTarget;
  });
  place.addEventListener("click", async (event) => {
    if (!event.target.closest("button")) return;
    if (await ask()) {
      hushed = Date.now() + LONG_ENOUGH;
      show("stays");
    }
    look();
  });
  tabs.addEventListener("message", ({ data }) => {
    if (data.person === person && data.session === session) idleEnd = Math.max(idleEnd, Date.now() + data.left);
    else if (data.person === person) ask().then(look);
    else {
      // Somebody else has signed in: a browser has one session at a time.
      stale = true;
      idleEnd = 0;
    }
    look();
  });
  // A score that was saved has used the session, too.
  document.addEventListener("saved", () => {
    idleEnd = Math.max(idleEnd, Date.now() + each * 1000);
    tell();
    look();
  });

  // What is sent past the end would lead to the sign-in page and be lost.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.getAttribute("method") !== "post" || !form.closest("main")) return;
    if (!stale && Date.now() < end()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await ask()) form.requestSubmit(event.submitter);
    look();
    place.querySelector("a")?.focus();
  }, true);

  goOn(place.dataset);
  tell();
  (function again() {
    look();
    setTimeout(again, OFTEN);
  })();
  document.addEventListener("visibilitychange", look);
}

if (place) watch();
