import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { loadExeca } from "../../../lib/execa";

/** Debian's Chromium, without a window, and without a word to anybody but the page's server. */
export async function startBrowser(): Promise<Browser> {
  const { execa } = await loadExeca();
  const { stdout } = await execa("sh", ["-c", "command -v chromium"], { reject: false });
  if (stdout === "") throw new Error("chromium is needed and not installed: apt-get install chromium");
  const args = [
    ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ];
  return chromium.launch({ executablePath: stdout, headless: true, args });
}

/** What happened in a page besides what it shows. */
export interface PageEvents {
  /** Errors of its scripts, of its security policy, of requests that failed. */
  readonly errors: string[];
  /** The releases that greeted it over a WebSocket, in their order, and whether that was closed since. */
  readonly greetings: { release: string; closed: boolean }[];
}

/** New containers are new network interfaces of the machine that the browser runs on, and it then gives up requests. */
const networkChanged = /net::ERR_NETWORK_CHANGED/;

/** A page with an eye on what goes wrong in it. */
export async function openPage(
  context: BrowserContext,
): Promise<{ readonly page: Page; readonly events: PageEvents }> {
  const page = await context.newPage();
  const events: PageEvents = { errors: [], greetings: [] };
  page.on("pageerror", ({ message }) => events.errors.push(message));
  page.on("console", (message) => {
    if (message.type() === "error" && !networkChanged.test(message.text()))
      events.errors.push(message.text());
  });
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      const { type, version: release } = JSON.parse(String(payload)) as { type: string; version?: string };
      if (type !== "hello" || release === undefined) return;
      const greeting = { release, closed: false };
      events.greetings.push(greeting);
      socket.on("close", () => {
        greeting.closed = true;
      });
    });
  });
  return { page, events };
}
