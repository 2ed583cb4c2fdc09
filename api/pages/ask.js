// The wire: one question out, typed events in. Whatever goes wrong comes out as a Problem.

import { readEvents } from "./events.js";

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

/** Asks and yields {event, data}; ends after `answer`, throws a Problem otherwise. */
export async function* ask(body, signal) {
  const response = await post("/v1/ask/stream", body, signal);
  const events = readEvents(response.body);
  try {
    for await (const { event, data } of events) {
      const value = JSON.parse(data);
      if (event === "error") throw Problem.of(value);
      yield { event, data: value };
      if (event === "answer") return;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(signal.aborted ? "stopped" : "cut", { detail: String(error) });
  }
  throw new Problem("cut");
}

/** Fetches a document's canonical text and metadata. */
export async function fetchDocument(id) {
  const url = `/v1/documents/${encodeURIComponent(id)}`;
  const response = await fetch(url, { headers: { accept: "application/json" } }).catch(offline);
  if (!response.ok) throw await Problem.from(response);
  return response.json().catch(offline);
}

async function post(url, body, signal) {
  const headers = { "content-type": "application/json", accept: "text/event-stream" };
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
