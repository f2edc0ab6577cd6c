// Searches as a query is typed, and looks up hashtags as a name is typed.
import { addressOf, isLive, visit } from "./visit.js";

// Milliseconds: the delay after a key, and the pause after which a search gets its own history entry.
const DELAY = 90;
const PAUSE = 2500;

let timer = 0;
let last = 0;

function onInput(event) {
  const input = event.target;
  if (event.isComposing || !input.matches?.("#q, #look-up")) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    const isQuery = input.id === "q";
    const how = isQuery && Date.now() - last > PAUSE ? "push" : "replace";
    last = Date.now();
    visit(addressOf(input.form), { history: how, only: isQuery ? null : "buckets-hashtag" });
  }, DELAY);
}

if (isLive()) {
  document.addEventListener("input", onInput);
  // Not all browsers fire an input event after a composition ends.
  document.addEventListener("compositionend", (event) => onInput({ target: event.target, isComposing: false }));
  document.addEventListener("submit", () => { clearTimeout(timer); last = 0; }, true);
  document.addEventListener("click", () => { last = 0; });
}
