import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../../setup/paths";
import { buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";
import { openPage, type PageEvents, startBrowser } from "./support/browser";

const patience = 30_000;

let stack: TestStack;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let events: PageEvents;

beforeAll(async () => {
  await buildReleases(["1.0.0", "1.1.0"]);
  stack = await TestStack.create("browser", {
    ports: { http: 18096, https: 18457 },
    settings: { bootstrapAdmin: { username: "admin" } },
  });
  await stack.up();
  browser = await startBrowser();
  // The authority is the proxy's own; harness/client.ts checks its certificates.
  context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(patience);
  ({ page, events } = await openPage(context));
});

afterAll(async () => {
  await browser?.close();
  await stack?.destroyAll();
});

async function shows(where: Page, selector: string, text: string): Promise<void> {
  await where.locator(selector, { hasText: text }).first().waitFor();
}

test("a browser sees the page over HTTPS, in good health and live", async () => {
  const response = await page.goto(`${stack.origin}/`);
  expect(response?.status()).toBe(200);
  expect(await response?.securityDetails()).toMatchObject({
    protocol: "TLS 1.3",
    issuer: expect.stringContaining("Caddy"),
  });
  await shows(page, "#connection", "Live");
  await shows(page, '[data-field="frontend"]', "1.0.0");
  await shows(page, '[data-field="backend"]', "1.0.0");
  await shows(page, '[data-field="health"]', "healthy");
  await shows(page, '[data-field="migrations"]', "2 applied");
});

test("a row that it writes appears in another tab, and is there after a reload", async () => {
  const other = (await openPage(context)).page;
  await other.goto(`${stack.origin}/`);
  await shows(other, "#connection", "Live");
  await page.locator("#note-text").fill("written in the first tab");
  await page.getByRole("button", { name: "Add the note" }).click();
  await shows(page, "#notes li", "written in the first tab");
  await shows(other, "#notes li", "written in the first tab");
  await other.reload();
  await shows(other, "#notes li", "written in the first tab");
  expect(await stack.query("SELECT text FROM notes")).toEqual(["written in the first tab"]);
  await other.close();
});

test("the first administrator logs in", async () => {
  const { login } = (await stack.outputs()) as { login: { username: string; password: string } };
  await page.locator("[data-login]").click();
  await page.locator("#login [name=username]").fill(login.username);
  await page.locator("#login [name=password]").fill(login.password);
  await page.locator("#login").getByRole("button", { name: "Log in" }).click();
  await shows(page, "[data-who]", "admin");
});

test("during a release it is led to the new one without losing anything", async () => {
  await stack.release("1.1.0");
  await shows(page, '[data-field="backend"]', "1.1.0");
  await shows(page, "#connection", "Live");
  expect([...new Set(events.greetings.map(({ release }) => release))]).toEqual(["1.0.0", "1.1.0"]);
  const open = events.greetings.filter(({ closed }) => !closed);
  expect(open.map(({ release }) => release)).toEqual(["1.1.0"]);
  // The page is still that of before, and says that there is a newer one.
  await shows(page, '[data-field="frontend"]', "1.0.0");
  await shows(page, "#new-release", "Release 1.1.0 is live.");
  await page.getByRole("button", { name: "Reload the page" }).click();
  await shows(page, '[data-field="frontend"]', "1.1.0");
  await shows(page, "[data-who]", "admin");
  await shows(page, "#notes li", "written in the first tab");
  await page.locator("#note-text").fill("written in the new release");
  await page.getByRole("button", { name: "Add the note" }).click();
  await shows(page, "#notes li", "written in the new release");
});

test("nothing failed in the page all the while", async () => {
  if (process.env.SLIPWAY_TEST_SCREENSHOT === "1") {
    await page.screenshot({ path: join(repository, "docs", "page.png"), animations: "disabled" });
  }
  expect(events.errors).toEqual([]);
});
