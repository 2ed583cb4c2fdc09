// Signing in again where one stands: what was being written stays on the page behind.

import { Problem } from "../ask.js";
import { button, isolated, make } from "../dom.js";
import { problemWords } from "./words.js";

/** Asks whoever was signed in for the password; gives whether they are in again. */
export function signIn(session, words) {
  const { name } = session;
  const text = words.expired;
  const given = make("input", { type: "text", autocomplete: "username", dir: "auto", readonly: Boolean(name) });
  given.value = name ?? "";
  const password = make("input", { type: "password", autocomplete: "current-password", dir: "auto", maxlength: 256 });
  const said = make("p", { class: "said bad", role: "alert" });
  const address = `sign-in?${new URLSearchParams({ next: location.pathname, lang: session.language() })}`;
  const form = make(
    "form",
    { novalidate: true },
    field(text.name, given),
    field(text.password, password),
    said,
    make(
      "p",
      { class: "ways" },
      make("button", { type: "submit", class: "main" }, words.signIn),
      button(text.later, () => dialog.close(), { class: "quiet" }),
    ),
    make("p", {}, make("a", { href: address, target: "_blank", rel: "noopener" }, text.elsewhere)),
  );
  const dialog = make(
    "dialog",
    { class: "dialog again", "aria-labelledby": "again-title", "aria-describedby": "again-lead" },
    make("h2", { id: "again-title" }, isolated(text.title)),
    make("p", { id: "again-lead" }, isolated(text.lead)),
    form,
  );

  const enter = async () => {
    if (form.hasAttribute("aria-busy")) return;
    said.replaceChildren();
    if (!password.value) {
      said.replaceChildren(text.missing);
      password.focus();
      return;
    }
    form.setAttribute("aria-busy", "true");
    try {
      await session.enter(given.value, password.value);
      done(true);
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem("page", { detail: String(error) });
      said.replaceChildren(...isolated(problemWords(words, problem)));
      password.select();
    } finally {
      form.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    enter();
  });
  // Who signed in in another tab finds the page as it was left.
  const look = async () => {
    if (document.hidden) return;
    if (await session.reopen().catch(() => false)) done(true);
  };

  let again = false;
  const done = (entered) => {
    again = entered && (!name || session.name === name);
    dialog.close();
  };

  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", look);
    dialog.addEventListener("close", () => {
      document.removeEventListener("visibilitychange", look);
      dialog.remove();
      if (again) session.announce(text.back);
      resolve(again);
    });
    document.body.append(dialog);
    dialog.showModal();
    (name ? password : given).focus();
  });
}

const field = (label, control) => make("label", { class: "field" }, make("span", {}, label), control);
