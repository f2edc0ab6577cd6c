// Shows another page of hits in place: the server's page is fetched, and its parts that live on take each other's place.

const box = document.getElementById("q");
const listeners = [];
let asking = null;

// Whether this page shows hits, and others can take their place.
export const isLive = () => document.getElementById("answer") !== null;

// Calls `listener` now and after each page that was shown in place.
export function whenShown(listener) {
  listeners.push(listener);
  listener();
}

// Shows `url`. With `history` "push" or "replace" the address follows; with `only`, an id, just that part changes.
export async function visit(url, { history: how = "push", only = null } = {}) {
  asking?.abort();
  const mine = (asking = new AbortController());
  let page;
  try {
    const there = new URL(url, location.href);
    there.searchParams.set("in_place", "1");
    const response = await fetch(there, { signal: mine.signal });
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
    return;
  }
  if (mine !== asking) return;
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
  if (how === "push" && !keepsPlace()) scrollTo(0, 0);
}

function show(page) {
  const key = focusKey();
  const hasAnswer = page.getElementById("answer") !== null;
  for (const part of document.querySelectorAll("[data-live]")) {
    // A mistake leaves the hits before it where they are.
    if (part.id === "answer" && !hasAnswer) part.classList.add("stale");
    else replace(part, page.getElementById(part.id));
  }
  document.title = page.title;
  box.toggleAttribute("aria-invalid", !hasAnswer);
  const said = page.querySelector(hasAnswer ? ".total strong, .nothing h2" : "#mistake .why, main h1");
  document.getElementById("status").textContent = said?.textContent ?? "";
  focusAgain(key);
  for (const listener of listeners) listener();
}

function replace(old, fresh) {
  if (!fresh) return;
  const open = [...old.querySelectorAll("details[open][id]")].map((details) => details.id);
  old.replaceWith(document.importNode(fresh, true));
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
}

// What has the focus, in words that the page in its place knows too.
function focusKey() {
  const focused = document.activeElement;
  if (!focused || !focused.closest("#answer")) return null;
  return focused.dataset.key ? `[data-key=${CSS.escape(focused.dataset.key)}]` : focused.id ? `#${focused.id}` : "#content";
}

function focusAgain(key) {
  if (key) (document.querySelector(key) ?? document.getElementById("content"))?.focus({ preventScroll: true });
}

// A filter put on far down the page is not left by going to the top.
function keepsPlace() {
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

// The address that sending `form` would lead to, without its empty fields.
export function addressOf(form) {
  const fields = [...new FormData(form)].filter(([, value]) => value.trim());
  const query = new URLSearchParams(fields).toString();
  return query ? `${form.action}?${query}` : form.action;
}
