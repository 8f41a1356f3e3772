// Sends the files of <form data-pieces> in pieces before the form itself, each with a bar of its own. A lost
// connection costs one piece: the server is asked how much has arrived, and sending goes on there, also after
// the page was left and the same file is chosen again. Without scripts the form carries its files itself.

const form = document.querySelector("form[data-pieces]");
// In bytes. A slow connection gets small pieces, so that little is lost and the bar moves.
const SMALLEST = 64 * 1024;
const LARGEST = 1024 * 1024;
const QUICK = 700;
const SLOW = 3000;
const PATIENCE = 90_000;
const LONGEST_PAUSE = 20_000;

// So often the server may know less than before: then several servers share no folder, and pieces lead nowhere.
const MOST_SETBACKS = 3;

// What no further try would change; its message is for the person.
class Stop extends Error {}
// The form has to carry its files itself.
class Whole extends Error {}

async function digestOf(file) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// After a while, or as soon as the browser says that there is a connection again.
function connection(milliseconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    window.addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

function pieces(input) {
  const words = form.dataset;
  const button = form.querySelector("button[type=submit]");
  const endings = input.accept.split(",");
  let length = 2 * SMALLEST;
  let setbacks = 0;

  const hidden = (file, sha256) => {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "arrived";
    field.value = `${sha256} ${file.name}`;
    return field;
  };

  // The row of a file as upload.js wrote it, with its bar and what becomes of it.
  function rowOf(index) {
    const row = form.querySelectorAll(".dropzone__files > li")[index];
    row.querySelector("[data-state]")?.remove();
    row.querySelector("progress")?.remove();
    const state = document.createElement("span");
    state.dataset.state = "";
    const bar = document.createElement("progress");
    bar.className = "progress__bar progress--brand";
    bar.value = 0;
    bar.setAttribute("aria-label", row.querySelector(".dropzone__name").textContent);
    const say = (text, bad = false) => {
      state.className = bad ? "field__error" : "dropzone__size";
      if (state.textContent !== text) state.textContent = text;
    };
    row.append(state);
    const show = (share) => {
      bar.value = share;
      if (share === 1) bar.className = "progress__bar progress--good";
    };
    return { say, show, start: () => row.append(bar) };
  }

  function fault(file) {
    if (!endings.some((ending) => file.name.toLowerCase().endsWith(ending))) return words.type;
    if (file.size > Number(words.limit)) return words.large;
    return file.size ? "" : words.empty;
  }

  async function ask(query, body) {
    const answer = await fetch(form.dataset.pieces + query, {
      method: body ? "POST" : "GET",
      body,
      headers: { Accept: "application/json" },
      // A sign-in page is no answer.
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.type === "opaqueredirect") throw new Stop(words.signedOut);
    if (answer.status === 429 || answer.status >= 500) throw new Error("later");
    const isTold = answer.headers.get("Content-Type")?.startsWith("application/json");
    const told = isTold ? await answer.json() : {};
    if (!("arrived" in told)) throw new Stop(told.said ?? words.refused);
    return told.arrived;
  }

  async function sendFrom(arrived, file, sha256, row) {
    while (arrived < file.size) {
      row.say(words.sending);
      row.show(arrived / file.size);
      const body = new FormData();
      body.set("csrf_token", form.elements.csrf_token.value);
      body.set("sha256", sha256);
      body.set("size", file.size);
      body.set("offset", arrived);
      body.set("piece", file.slice(arrived, arrived + length));
      const begun = performance.now();
      const next = await ask("", body);
      if (next <= arrived && (setbacks += 1) > MOST_SETBACKS) throw new Whole();
      arrived = next;
      const took = performance.now() - begun;
      if (took < QUICK) length = Math.min(length * 2, LARGEST);
      if (took > SLOW) length = Math.max(length / 2, SMALLEST);
    }
  }

  async function send(file, row) {
    row.start();
    const sha256 = await digestOf(file).catch(() => { throw new Stop(words.unread); });
    for (let pause = 1000; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        await sendFrom(await ask(`?sha256=${sha256}`), file, sha256, row);
        row.show(1);
        row.say(words.sent);
        return sha256;
      } catch (error) {
        if (error instanceof Stop || error instanceof Whole) throw error;
        row.say(words.lost, true);
        await connection(pause);
      }
    }
  }

  // The fields that name the files in their place; null if they stay with the form, false if it must not be sent.
  async function sendAll(files) {
    const rows = files.map((_file, index) => rowOf(index));
    const faults = files.map(fault);
    faults.forEach((text, index) => text && rows[index].say(text, true));
    if (faults.some(Boolean)) return false;
    const fields = [];
    for (const [index, file] of files.entries()) {
      try {
        fields.push(hidden(file, await send(file, rows[index])));
      } catch (error) {
        if (error instanceof Whole) return null;
        if (!(error instanceof Stop)) throw error;
        rows[index].say(error.message, true);
        return false;
      }
    }
    return fields;
  }

  const stay = (event) => event.preventDefault();
  function setSending(on) {
    input.disabled = button.disabled = on;
    for (const remove of form.querySelectorAll(".dropzone__file button")) remove.hidden = on;
    if (on) window.addEventListener("beforeunload", stay);
    else window.removeEventListener("beforeunload", stay);
  }

  form.addEventListener("submit", async (event) => {
    const files = [...input.files];
    if (!files.length) return;
    event.preventDefault();
    setSending(true);
    const fields = await sendAll(files);
    setSending(false);
    if (fields !== false) {
      // What is there already is named and not carried again.
      input.disabled = fields !== null;
      form.append(...(fields ?? []));
      form.submit();
      return;
    }
    // What was typed could still be lost by leaving.
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// Without TLS a browser computes no hashes, save for its own machine.
if (form && globalThis.crypto?.subtle) pieces(form.querySelector("input[type=file]"));
