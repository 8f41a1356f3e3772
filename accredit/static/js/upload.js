// A file field that also takes dragged files and lists what was chosen, in <div data-dropzone>.
// Without scripts the browser's own file field does the work.

const locale = document.documentElement.lang === "ar" ? "ar-u-nu-latn" : "en-GB";
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

function sizeText(bytes) {
  let step = 0;
  let value = bytes;
  while (value >= 1024 && step < UNITS.length - 1) {
    value /= 1024;
    step += 1;
  }
  const style = { style: "unit", unit: UNITS[step], maximumFractionDigits: step > 1 ? 1 : 0 };
  return new Intl.NumberFormat(locale, style).format(value);
}

function setFiles(input, files) {
  const holder = new DataTransfer();
  for (const file of files) holder.items.add(file);
  input.files = holder.files;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

// As accredit.web.file_names writes it: the ending apart, so that “2026.pdf” is not turned round in Arabic.
function isolated(fileName) {
  const whole = document.createElement("bdi");
  const dot = fileName.lastIndexOf(".");
  const apart = dot > 0 && /[\u0590-\u08ff]/.test(fileName.slice(0, dot));
  whole.textContent = apart ? fileName.slice(0, dot) : fileName;
  if (apart) {
    const ending = document.createElement("bdi");
    ending.className = "ending";
    ending.dir = "ltr";
    ending.textContent = fileName.slice(dot);
    whole.append(ending);
  }
  return whole;
}

function list(zone, input, target) {
  target.replaceChildren(...Array.from(input.files, (file) => {
    const row = document.createElement("li");
    row.className = "dropzone__file";
    const name = document.createElement("span");
    name.className = "dropzone__name";
    name.append(isolated(file.name));
    const size = document.createElement("span");
    size.className = "dropzone__size";
    size.textContent = sizeText(file.size);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button button--quiet button--small";
    remove.textContent = zone.dataset.remove;
    remove.setAttribute("aria-label", `${zone.dataset.remove} ${file.name}`);
    remove.addEventListener("click", () => {
      setFiles(input, Array.from(input.files).filter((other) => other !== file));
      list(zone, input, target);
      input.focus();
    });
    row.append(name, size, remove);
    return row;
  }));
}

for (const zone of document.querySelectorAll("[data-dropzone]")) {
  const input = zone.querySelector("input[type=file]");
  const target = zone.querySelector(".dropzone__files");
  zone.classList.add("is-live");
  // Instead of the browser's own tip, which speaks the browser's language.
  input.title = zone.querySelector(".dropzone__face .button").textContent;
  input.addEventListener("change", () => list(zone, input, target));
  let depth = 0;
  zone.addEventListener("dragenter", (event) => {
    event.preventDefault();
    depth += 1;
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("dragleave", () => {
    depth -= 1;
    if (depth === 0) zone.classList.remove("is-over");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    zone.classList.remove("is-over");
    const dropped = Array.from(event.dataTransfer.files);
    if (!dropped.length) return;
    setFiles(input, input.multiple ? [...input.files, ...dropped] : dropped.slice(0, 1));
    list(zone, input, target);
  });
}
