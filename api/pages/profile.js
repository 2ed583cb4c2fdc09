// What somebody tells about themselves, kept on the device: the form, and what is said of it.

import { Problem } from "./ask.js";
import { button, isolated, make } from "./dom.js";
import { choice, head } from "./form.js";
import * as memory from "./memory.js";
import { moreWords, namesOf } from "./morewords.js";
import { wordsOf } from "./strings.js";

const FIELDS = ["region", "sector", "market"];
let choices = null;

/**
 * Opens the form in the page's <dialog>. `changed(said)` hears when the profile was kept or cleared,
 * with what to tell.
 */
export async function openProfile(dialog, language, changed) {
  const words = moreWords(language);
  const bar = head(dialog, "profile-title", words.profile, wordsOf(language).close);
  const place = make("div", { class: "sheet" }, make("p", { class: "soft" }, wordsOf(language).loading));
  dialog.replaceChildren(bar, place);
  if (!dialog.open) dialog.showModal();
  try {
    choices ??= await fetchChoices();
    place.replaceChildren(form(dialog, language, changed));
  } catch {
    const again = button(wordsOf(language).retry, () => openProfile(dialog, language, changed));
    place.replaceChildren(make("div", { class: "failure" }, make("p", {}, words.unread), again));
  }
}

function form(dialog, language, changed) {
  const words = moreWords(language);
  const kept = memory.profile.load();
  const selects = FIELDS.map((field) => select(field, kept[field], language));
  let { first = null } = kept;
  const options = { yes: words.yes, no: words.no, open: words.open };
  const said = { true: "yes", false: "no" }[String(first)] ?? "open";
  const once = choice(words.first, options, {
    name: "first",
    value: said,
    chosen: (key) => (first = { yes: true, no: false, open: null }[key]),
  });
  const leave = (profile, told) => {
    memory.profile.save(profile);
    dialog.close();
    changed(told);
  };
  const element = make(
    "form",
    { class: "slip plain", novalidate: true },
    make("p", { class: "soft" }, isolated(words.profileTold)),
    selects.map(({ field }) => field),
    once,
    make(
      "p",
      { class: "ways" },
      make("button", { type: "submit", class: "main" }, words.keep),
      button(words.clear, () => leave({}, words.cleared), { class: "quiet" }),
    ),
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const picked = selects.map(({ name, picked }) => [name, picked()]).filter(([, one]) => one);
    leave({ ...Object.fromEntries(picked), ...(first === null ? {} : { first }) }, words.kept);
  });
  return element;
}

function select(name, kept, language) {
  const words = moreWords(language);
  const label = (one) => namesOf(one)[language] ?? one.id;
  const found = choices[`${name}s`].map((one) => [one, label(one)]);
  found.sort(([, one], [, other]) => one.localeCompare(other, language));
  const box = make("select", {}, make("option", { value: "" }, words.open));
  for (const [{ id }, text] of found) box.append(make("option", { value: id, selected: id === kept?.id }, text));
  const picked = () => {
    const [one] = found.find(([{ id }]) => id === box.value) ?? [];
    return one ? { id: one.id, names: namesOf(one) } : null;
  };
  return { name, picked, field: make("label", { class: "field" }, make("span", {}, words[name]), box) };
}

/** What of a profile is said in words: ["Souss-Massa", "textile", …]. */
export function told(profile, language) {
  const named = FIELDS.map((field) => profile[field]).filter(Boolean);
  const once = profile.first === true ? [moreWords(language).firstTime] : [];
  return [...named.map(({ id, names }) => names?.[language] ?? id), ...once];
}

/** The line above an answer that took a profile into account; nothing where it told nothing that counts. */
export function noted(profile, language, without) {
  const words = moreWords(language);
  const list = told(profile, language).join(" · ");
  if (!list) return [];
  return [make("span", {}, isolated(`${words.noted} ${list}`)), button(words.without, without, { class: "quiet" })];
}

async function fetchChoices() {
  const response = await fetch("v1/choices", { headers: { accept: "application/json" } });
  if (!response.ok) throw await Problem.from(response);
  return response.json();
}
