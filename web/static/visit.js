// Shows another page of hits in place: fetches it and replaces the elements marked data-live.

const box = document.getElementById("q");
const listeners = [];
let pending = null;

// Whether this is the page of hits, which can be replaced in place.
export const isLive = () => document.getElementById("answer") !== null;

// Calls `listener` now and whenever a page was shown in place.
export function onShow(listener) {
  listeners.push(listener);
  listener();
}

// Shows `url`. `history` is "push", "replace" or "none"; with `only`, an id, just that element is replaced.
export async function visit(url, { history: how = "push", only = null } = {}) {
  pending?.abort();
  const controller = (pending = new AbortController());
  let page;
  try {
    const target = new URL(url, location.href);
    target.searchParams.set("in_place", "1");
    const response = await fetch(target, { signal: controller.signal });
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
    return;
  }
  if (controller !== pending) return;
  if (how === "push") {
    history.replaceState({ y: scrollY }, "");
    history.pushState(null, "", url);
  } else if (how === "replace") {
    history.replaceState(history.state, "", url);
  }
  if (only) {
    replace(document.getElementById(only), page.getElementById(only));
    return;
  }
  show(page);
  if (how === "push" && !keepsScroll()) scrollTo(0, 0);
}

function show(page) {
  const key = focusKey();
  const hasAnswer = page.getElementById("answer") !== null;
  for (const part of document.querySelectorAll("[data-live]")) {
    // After a mistake in the query, the previous hits stay.
    if (part.id === "answer" && !hasAnswer) part.classList.add("stale");
    else replace(part, page.getElementById(part.id));
  }
  document.title = page.title;
  box.toggleAttribute("aria-invalid", !hasAnswer);
  const message = page.querySelector(hasAnswer ? ".total strong, .nothing h2" : "#mistake .why, main h1");
  document.getElementById("status").textContent = message?.textContent ?? "";
  restoreFocus(key);
  for (const listener of listeners) listener();
}

function replace(old, fresh) {
  if (!fresh) return;
  const open = [...old.querySelectorAll("details[open][id]")].map((details) => details.id);
  old.replaceWith(document.importNode(fresh, true));
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
}

// A selector for the focused element that also fits the new page.
function focusKey() {
  const focused = document.activeElement;
  if (!focused || !focused.closest("#answer")) return null;
  return focused.dataset.key ? `[data-key=${CSS.escape(focused.dataset.key)}]` : focused.id ? `#${focused.id}` : "#content";
}

function restoreFocus(key) {
  if (key) (document.querySelector(key) ?? document.getElementById("content"))?.focus({ preventScroll: true });
}

// After a click on a filter far down the page, the page does not scroll to the top.
function keepsScroll() {
  return document.activeElement?.closest("#facets, .histogram") !== null && document.activeElement !== box;
}

function isPlainClick(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented;
}

const home = new URL(document.getElementById("search").action).pathname;

if (isLive()) {
  history.scrollRestoration = "manual";
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !isPlainClick(event)) return;
    const url = new URL(link.href?.baseVal ?? link.href, location.href);
    if (url.origin !== location.origin || url.pathname !== home || url.hash || !link.closest("#answer, #help")) return;
    event.preventDefault();
    document.getElementById("help").close();
    visit(url.href).then(() => { box.value = new URL(url).searchParams.get("q") ?? ""; });
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "get" || new URL(form.action).pathname !== home) return;
    event.preventDefault();
    visit(addressOf(form));
  });
  addEventListener("popstate", async (event) => {
    if (location.hash) return;
    await visit(location.href, { history: "none" });
    box.value = new URL(location.href).searchParams.get("q") ?? "";
    scrollTo(0, event.state?.y ?? 0);
  });
}

// The URL to which submitting `form` leads, without its empty fields.
export function addressOf(form) {
  const fields = [...new FormData(form)].filter(([, value]) => value.trim());
  const query = new URLSearchParams(fields).toString();
  return query ? `${form.action}?${query}` : form.action;
}
