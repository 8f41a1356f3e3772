// Keys for those who score many elements: a digit picks the level whose card carries it
// (data-level-key), a letter follows or presses the element that names it (data-key), `?` opens the
// list of keys (<dialog id="keys-dialog">). They can be turned off there: a box with data-keys-switch.

const STORE = "accredit.keys";
const dialog = document.getElementById("keys-dialog");
const box = dialog?.querySelector("[data-keys-switch]");

function remembered() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true;
  }
}

let on = remembered();
if (box) {
  box.checked = on;
  box.addEventListener("change", () => {
    on = box.checked;
    try {
      localStorage.setItem(STORE, on ? "on" : "off");
    } catch {
      // A browser that keeps nothing still obeys until the page is left.
    }
  });
}

for (const opener of document.querySelectorAll("[data-opens-keys]")) {
  opener.hidden = !dialog;
  opener.addEventListener("click", () => dialog.showModal());
}

// Letters typed into a field are words, not commands; radio buttons and check boxes take no letters.
const isTyping = (target) =>
  target.isContentEditable ||
  target.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=submit], [type=button])");

const latinDigit = (key) => {
  const index = "٠١٢٣٤٥٦٧٨٩".indexOf(key);
  return index >= 0 ? String(index) : key;
};

// On an Arabic keyboard the key of j, k or n writes another letter: its place is what counts.
const letterOf = (event) => (/^Key[A-Z]$/.test(event.code) ? event.code[3].toLowerCase() : "");

// While the words of a field with a key are written, Escape leaves it and Ctrl+Enter sends the form.
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("textarea[data-key]") || event.isComposing) return;
  if (event.key === "Escape") event.target.blur();
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  document.querySelector("[data-key='s']")?.click();
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if ((event.key === "?" || event.key === "؟") && dialog) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  if (!on) return;
  const level = document.querySelector(`[data-level-key="${CSS.escape(latinDigit(event.key))}"]:not(:disabled)`);
  if (level) {
    event.preventDefault();
    level.checked = true;
    level.focus();
    level.closest(".rubric-card").scrollIntoView({ block: "nearest" });
    level.dispatchEvent(new Event("input", { bubbles: true }));
    level.dispatchEvent(new Event("change", { bubbles: true }));
    return;
  }
  const key = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : letterOf(event);
  const target = key && document.querySelector(`[data-key="${key}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("textarea, input, select")) {
    target.focus();
    // Words are added to a reason more often than before it.
    target.setSelectionRange?.(target.value.length, target.value.length);
  } else target.click();
});

// Whoever opened the first evidence of an element finds that of the next one open.
const preview = document.querySelector("details.preview");
if (preview) {
  try {
    preview.open = localStorage.getItem("accredit.preview") === "open";
  } catch {
    // It stays closed.
  }
  preview.addEventListener("toggle", () => {
    try {
      localStorage.setItem("accredit.preview", preview.open ? "open" : "closed");
    } catch {
      // As above.
    }
  });
}
