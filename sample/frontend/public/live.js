const shortestPauseMs = 250;
const longestPauseMs = 10_000;
/** RFC 6455's registry: the server restarts, another is there already. */
const serviceRestart = 1012;

/**
 * The WebSocket to the server, opened again whenever it is lost. Events: `state` with "connecting", "open" or
 * "closed", and `message` with what the server sent.
 */
export class LiveConnection extends EventTarget {
  #failures = 0;

  open() {
    this.#tell("state", this.#failures === 0 ? "connecting" : "closed");
    const url = new URL("/api/ws", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    socket.addEventListener("open", () => {
      this.#failures = 0;
      this.#tell("state", "open");
    });
    socket.addEventListener("message", ({ data }) => this.#tell("message", JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => this.#openAgain(code));
  }

  /** Pauses grow, and differ between pages, so that a server that comes back isn't met by all at once. */
  #openAgain(code) {
    const longest = Math.min(shortestPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures++;
    this.#tell("state", code === serviceRestart ? "connecting" : "closed");
    setTimeout(() => this.open(), longest * (0.5 + Math.random() / 2));
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
