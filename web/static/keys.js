// Keyboard shortcuts.
import { toggleHelp } from "./help.js";

const box = document.getElementById("q");

function step(by) {
  const links = [...document.querySelectorAll(".hit h2 a")];
  const current = links.findIndex((link) => link.closest(".hit").contains(document.activeElement));
  const next = links[current < 0 ? (by > 0 ? 0 : links.length - 1) : current + by];
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
      // By default, browsers clear a search box on Escape.
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
