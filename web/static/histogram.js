// Dragging over the bars of the histogram selects a date range.
import { isLive, visit } from "./visit.js";

// Pixels; a shorter drag is a click.
const MIN_DRAG = 6;
let drag = null;
let dragged = false;

function dateAt(svg, x) {
  const bars = [...svg.querySelectorAll("[data-date]")];
  const { left, width } = svg.getBoundingClientRect();
  const number = Math.floor(((x - left) / width) * bars.length);
  return bars[Math.max(0, Math.min(bars.length - 1, number))].dataset.date;
}

function showSelection() {
  const selection = drag.svg.querySelector(".chosen");
  const { left, width } = drag.svg.getBoundingClientRect();
  const [from, to] = [drag.from, drag.to].map((x) => Math.max(0, Math.min(width, x - left))).sort((a, b) => a - b);
  selection.setAttribute("x", from);
  selection.setAttribute("width", to - from);
}

if (isLive()) {
  document.addEventListener("pointerdown", (event) => {
    const svg = event.target.closest?.(".bars");
    if (svg && event.button === 0) drag = { svg, from: event.clientX, to: event.clientX };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.to = event.clientX;
    if (Math.abs(drag.to - drag.from) >= MIN_DRAG) showSelection();
  });
  document.addEventListener("pointercancel", () => { drag = null; });
  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const { svg, from } = drag;
    drag = null;
    if (Math.abs(event.clientX - from) < MIN_DRAG) return;
    const [since, until] = [from, event.clientX].sort((a, b) => a - b).map((x) => dateAt(svg, x));
    const url = new URL(svg.dataset.base, location.href);
    url.searchParams.set("since", since);
    url.searchParams.set("until", until);
    // Ignores the click event that follows a drag.
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
  // Otherwise the browser would drag the link of the bar.
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.(".bars")) event.preventDefault(); });
}
