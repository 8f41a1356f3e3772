// What every page gains when scripts run. Each page works without it.

// A menu made of <details data-closes> closes when the person turns elsewhere or presses Escape.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details[data-closes][open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
};
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details[data-closes][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// After a refused form the summary of its errors is the first thing to hear and to see.
document.querySelector("[data-focus]")?.focus();

// The address of an error points at a field: place the caret in it, below its label.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".error-summary a[href^='#']");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
});

// Unsaved changes: <form data-unsaved> asks before the page is left.
const changed = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-unsaved]")) changed.add(form);
});
// A form that was sent without leaving the page says so (autosave.js).
document.addEventListener("saved", (event) => changed.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  if (changed.size) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  if (event.target.method !== "dialog") changed.delete(event.target);
});
