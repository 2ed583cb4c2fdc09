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

  /** `language()` is that of the page; `expired()` is told when the session has ended. */
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
    const { role, name, csrf } = await this.#send("v1/session", {});
    Object.assign(this, { role, name });
    this.#csrf = csrf;
  }

  /** Signs out, and forgets what was written in this tab. Throws a Problem. */
  async leave() {
    await this.call("v1/session", { method: "DELETE" });
    forget();
  }

  /**
   * Sends `body` (an object, or nothing) and gives the JSON that comes back, null for none. Throws a
   * Problem. A token that a sign-in elsewhere has replaced is asked for again, once.
   */
  async call(path, options = {}) {
    try {
      return await this.#send(path, options);
    } catch (problem) {
      if (problem.code === "not_signed_in") this.#expired();
      if (problem.code !== "cross_site") throw problem;
    }
    await this.open();
    if (this.role === "public") {
      this.#expired();
      throw new Problem("not_signed_in", { status: 401 });
    }
    return this.#send(path, options);
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
