// The wire: one question out, typed events in. Whatever goes wrong comes out as a Problem.

import { readEvents } from "./events.js";
import * as memory from "./memory.js";

// Three attempts to take a cut line up; a server that is being replaced is back in a few seconds.
const PAUSES_MS = [300, 1500, 4000];
const TEXT = ["citations", "sentence"];
const PASSING = ["cut", "offline", "shutting_down", "overloaded"];

/** A failure by its stable code: the server's own (problem+json) or offline, cut, stopped. */
export class Problem extends Error {
  constructor(code, { status = 0, detail = "", retryAfter = 0 } = {}) {
    super(detail || code);
    Object.assign(this, { code, status, detail, retryAfter });
  }

  static async from(response) {
    const retryAfter = Number.parseInt(response.headers.get("retry-after") ?? "", 10) || 0;
    const body = await response.json().catch(() => ({}));
    return Problem.of(body, { status: response.status, retryAfter });
  }

  static of(body, { status = 0, retryAfter = 0 } = {}) {
    const detail = [body?.detail, body?.title].find((text) => typeof text === "string") ?? "";
    return new Problem(String(body?.code ?? ""), { status: body?.status ?? status, detail, retryAfter });
  }
}

/**
 * Asks and yields {event, data}; ends after `answer`, throws a Problem otherwise.
 *
 * A line that is cut is taken up where it ended. Where the server knows nothing of it any more and
 * begins anew, what was shown is not shown twice: only its `answer` counts then.
 */
export async function* ask(body, signal) {
  const heard = { begun: false, id: "", shown: "" };
  for (const pause of [...PAUSES_MS, null]) {
    try {
      yield* listen(body, signal, heard);
      return;
    } catch (problem) {
      if (pause === null || !heard.begun || !passing(problem)) throw problem;
    }
    await sleep(pause, signal);
  }
}

async function* listen(body, signal, heard) {
  const response = await post("v1/ask/stream", body, signal, heard.id);
  heard.begun = true;
  try {
    for await (const { id, event, data } of readEvents(response.body)) {
      const value = JSON.parse(data);
      if (event === "error") throw Problem.of(value);
      heard.id = id;
      if (TEXT.includes(event)) {
        heard.shown ||= streamOf(id);
        if (heard.shown !== streamOf(id)) continue;
      }
      yield { event, data: value };
      if (event === "answer") return;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(signal.aborted ? "stopped" : "cut", { detail: String(error) });
  }
  throw new Problem("cut");
}

// The id of an event is that of its stream, a full stop, and its number.
function streamOf(id) {
  return id.slice(0, Math.max(0, id.lastIndexOf(".")));
}

function passing({ code, status }) {
  return PASSING.includes(code) || (!code && status >= 502);
}

function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new Problem("stopped"));
    });
  });
}

/** Fetches a document's canonical text and metadata. */
export const fetchDocument = (id) => read(`v1/documents/${encodeURIComponent(id)}`);

/** Questions that the documents answer: {questions: [{text, language, concerned}]}. */
export const fetchSuggestions = (query) => read(`v1/suggestions?${new URLSearchParams(query)}`);

async function read(url) {
  const response = await fetch(url, { headers: { accept: "application/json" } }).catch(offline);
  if (!response.ok) throw await Problem.from(response);
  return response.json().catch(offline);
}

async function post(url, body, signal, heardId) {
  const headers = { "content-type": "application/json", accept: "text/event-stream" };
  if (heardId) headers["last-event-id"] = heardId;
  if (memory.kept.load()) headers["sanad-conversation"] = memory.kept.load();
  const request = { method: "POST", headers, body: JSON.stringify(body), signal, cache: "no-store" };
  const response = await fetch(url, request).catch((error) => {
    throw signal.aborted ? new Problem("stopped") : offline(error);
  });
  if (!response.ok) throw await Problem.from(response);
  const type = response.headers.get("content-type") ?? "";
  if (!type.startsWith("text/event-stream")) throw new Problem("cut", { detail: type });
  return response;
}

function offline(error) {
  throw new Problem("offline", { detail: String(error) });
}
