// Dragging over the bars narrows to the dates from the first to the last of them.
import { isLive, visit } from "./visit.js";

// A shorter way of the pointer is a click.
const LEAST = 6;
let drag = null;
let dragged = false;

function dateAt(svg, x) {
  const bars = [...svg.querySelectorAll("[data-date]")];
  const { left, width } = svg.getBoundingClientRect();
  const place = Math.floor(((x - left) / width) * bars.length);
  return bars[Math.max(0, Math.min(bars.length - 1, place))].dataset.date;
}

function showChosen() {
  const chosen = drag.svg.querySelector(".chosen");
  const { left, width } = drag.svg.getBoundingClientRect();
  const [from, to] = [drag.from, drag.to].map((x) => Math.max(0, Math.min(width, x - left))).sort((a, b) => a - b);
  chosen.setAttribute("x", from);
  chosen.setAttribute("width", to - from);
}

if (isLive()) {
  document.addEventListener("pointerdown", (event) => {
    const svg = event.target.closest?.(".bars");
    if (svg && event.button === 0) drag = { svg, from: event.clientX, to: event.clientX };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.to = event.clientX;
    if (Math.abs(drag.to - drag.from) >= LEAST) showChosen();
  });
  document.addEventListener("pointercancel", () => { drag = null; });
  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const { svg, from } = drag;
    drag = null;
    if (Math.abs(event.clientX - from) < LEAST) return;
    const [since, until] = [from, event.clientX].sort((a, b) => a - b).map((x) => dateAt(svg, x));
    const url = new URL(svg.dataset.base, location.href);
    url.searchParams.set("since", since);
    url.searchParams.set("until", until);
    // The click that follows on a bar is not meant.
    dragged = true;
    setTimeout(() => { dragged = false; });
    visit(url.href);
  });
  document.addEventListener("click", (event) => {
    if (dragged) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
  // A link must not be dragged off as such.
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.(".bars")) event.preventDefault(); });
}
