// Who is signed in, and the wire of the desks: JSON in and out, a Problem for whatever goes wrong.

import { Problem } from "../ask.js";

const KEPT = "sanad.desk.";
const SAFE = ["GET", "HEAD"];

export class Session {
  role = "public";
  name = null;
  #csrf = null;
  #language;
  #announce;
  #expired;
  #renewing = null;

  /**
   * `language()` is that of the page; `expired()` gives, in a while, whether who was signed in is so
   * again, once the session has ended.
   */
  constructor({ language, announce, expired }) {
    this.#language = language;
    this.#announce = announce;
    this.#expired = expired;
  }

  /** The token that a change has to bring, for whoever asks the server by itself. */
  get csrf() {
    return this.#csrf;
  }

  language = () => this.#language();
  announce = (text) => this.#announce(text);

  /** Asks who is signed in. Throws a Problem. */
  async open() {
    this.#take(await this.#send("v1/session", {}));
  }

  /** The same once a session has ended: gives whether somebody is in, else leaves all as it was. */
  async reopen() {
    const told = await this.#send("v1/session", {});
    if (told.role === "public") return false;
    this.#take(told);
    return true;
  }

  /** Signs in again, where the page stands. Throws a Problem. */
  async enter(name, password) {
    await this.#send("v1/session", { method: "POST", body: { name, password } });
    await this.open();
  }

  /** Signs out, and forgets what was written in this tab. Throws a Problem. */
  async leave() {
    await this.call("v1/session", { method: "DELETE" });
    forget();
  }

  /**
   * Sends `body` (an object, or nothing) and gives the JSON that comes back, null for none. Throws a
   * Problem. A session that has ended meanwhile is begun again first, and what was sent goes again.
   */
  async call(path, options = {}) {
    try {
      return await this.#send(path, options);
    } catch (problem) {
      if (!(await this.#renewed(problem))) throw problem;
    }
    return this.#send(path, options);
  }

  // A sign-in elsewhere has replaced the token, or there is no session any more.
  async #renewed(problem) {
    if (!["cross_site", "not_signed_in"].includes(problem.code)) return false;
    if (problem.code === "cross_site" && (await this.reopen())) return true;
    this.#renewing ??= this.#expired().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  /** Keeps a text in this tab until it is kept as "". */
  keep(key, text) {
    try {
      if (text) window.sessionStorage.setItem(KEPT + key, text);
      else window.sessionStorage.removeItem(KEPT + key);
    } catch {
      // Kept nowhere: the page still holds it.
    }
  }

  /** The text that was kept under a key, "" for none. */
  kept(key) {
    try {
      return window.sessionStorage.getItem(KEPT + key) ?? "";
    } catch {
      return "";
    }
  }

  #take({ role, name, csrf }) {
    Object.assign(this, { role, name });
    this.#csrf = csrf;
  }

  async #send(path, { method = "GET", body, headers = {}, signal }) {
    const sent = { accept: "application/json", ...headers };
    if (body !== undefined) sent["content-type"] = "application/json";
    if (!SAFE.includes(method) && this.#csrf) sent["x-sanad-csrf"] = this.#csrf;
    const request = { method, headers: sent, signal, cache: "no-store" };
    if (body !== undefined) request.body = JSON.stringify(body);
    const response = await fetch(path, request).catch(offline);
    if (!response.ok) throw await Problem.from(response);
    return response.status === 204 ? null : response.json().catch(offline);
  }
}

function forget() {
  try {
    for (const key of Object.keys(window.sessionStorage)) {
      if (key.startsWith(KEPT)) window.sessionStorage.removeItem(key);
    }
  } catch {
    // Nothing was kept.
  }
}

function offline(error) {
  throw new Problem("offline", { detail: String(error) });
}
