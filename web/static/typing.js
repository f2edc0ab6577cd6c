// Searches while a query is typed, and looks through hashtags while a name is.
import { addressOf, isLive, visit } from "./visit.js";

const PAUSE = 90;
// After so long without a key, what is shown is worth going back to.
const SETTLED = 2500;

let timer = 0;
let last = 0;

function onInput(event) {
  const input = event.target;
  if (event.isComposing || !input.matches?.("#q, #look-up")) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    const isQuery = input.id === "q";
    const how = isQuery && Date.now() - last > SETTLED ? "push" : "replace";
    last = Date.now();
    visit(addressOf(input.form), { history: how, only: isQuery ? null : "buckets-hashtag" });
  }, PAUSE);
}

if (isLive()) {
  document.addEventListener("input", onInput);
  // Browsers differ in whether an input event follows the end of a composition.
  document.addEventListener("compositionend", (event) => onInput({ target: event.target, isComposing: false }));
  document.addEventListener("submit", () => { clearTimeout(timer); last = 0; }, true);
  document.addEventListener("click", () => { last = 0; });
}
