// Keys, links to copy, and pictures that did not come.
import { toggleHelp } from "./help.js";
import { whenShown } from "./visit.js";

const box = document.getElementById("q");

function step(by) {
  const links = [...document.querySelectorAll(".hit h2 a")];
  const place = links.findIndex((link) => link.closest(".hit").contains(document.activeElement));
  const next = links[place < 0 ? (by > 0 ? 0 : links.length - 1) : place + by];
  next?.focus();
  next?.closest(".hit").scrollIntoView({ block: "nearest" });
}

const KEYS = {
  "/": () => { box.focus(); box.select(); },
  j: () => step(1),
  k: () => step(-1),
  o: () => (document.activeElement.closest(".hit") ?? document.querySelector("main.post"))?.querySelector(".original")?.click(),
  "?": toggleHelp,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("input, textarea, select")) {
    if (event.key === "Escape" && event.target === box && !event.defaultPrevented) {
      // Browsers would empty the box.
      event.preventDefault();
      box.blur();
    }
    return;
  }
  const act = KEYS[event.key];
  if (!act || (document.getElementById("help").open && event.key !== "?")) return;
  event.preventDefault();
  act();
});

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages that were not sent safely may not use the clipboard, but may copy what is selected.
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.(".copy");
  if (!button) return;
  await copy(button.dataset.copy);
  const words = button.firstChild.textContent;
  button.firstChild.textContent = document.body.dataset.copied;
  document.getElementById("status").textContent = document.body.dataset.copied;
  setTimeout(() => { button.firstChild.textContent = words; }, 1500);
});

// A picture that is gone, or that may not be shown elsewhere, leaves no hole.
document.addEventListener("error", (event) => { if (event.target.matches?.(".thumb")) event.target.hidden = true; }, true);

whenShown(() => {
  for (const button of document.querySelectorAll(".copy")) button.hidden = false;
  for (const picture of document.querySelectorAll(".thumb")) {
    if (picture.complete && picture.naturalWidth === 0 && picture.currentSrc) picture.hidden = true;
  }
});
