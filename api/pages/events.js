// Server-sent events out of a fetch body. EventSource cannot POST, so we read the stream ourselves.
// Format: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

/** Turns pieces of text, cut anywhere, into events; lines may end in LF, CRLF or CR. */
export class EventParser {
  #rest = "";
  #afterCr = false;
  #event = "message";
  #data = [];
  #id = "";

  /** Returns the events that `text` completes, as {id, event, data} with `data` still a string. */
  push(text) {
    if (!text) return [];
    if (this.#afterCr && text.startsWith("\n")) text = text.slice(1);
    const buffer = this.#rest + text;
    this.#afterCr = text ? text.endsWith("\r") : false;
    const lines = buffer.split(/\r\n|\r|\n/);
    this.#rest = lines.pop();
    return lines.map((line) => this.#line(line)).filter(Boolean);
  }

  #line(line) {
    if (line === "") return this.#dispatch();
    const [, field, value] = /^([^:]*):? ?(.*)$/su.exec(line);
    if (field === "event") this.#event = value;
    if (field === "data") this.#data.push(value);
    if (field === "id" && !value.includes("\0")) this.#id = value;
    return null;
  }

  #dispatch() {
    const done = this.#data.length ? { id: this.#id, event: this.#event, data: this.#data.join("\n") } : null;
    this.#event = "message";
    this.#data = [];
    return done;
  }
}

/** Yields the events of a byte stream; an event the stream leaves unfinished is dropped. */
export async function* readEvents(stream) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
