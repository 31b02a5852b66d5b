import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EgressLab } from "./support/egressLab";
import { eventually } from "./support/eventually";

const elsewhere = { "private.example.com": "10.1.2.3", "metadata.example.com": "169.254.169.254" };
const hosts = ["api.example.com", ...Object.keys(elsewhere)];

let lab: EgressLab;

beforeAll(async () => {
  lab = await EgressLab.open("payments", hosts, ["api.example.com", "other.example.com"], elsewhere);
  await eventually(20_000, async () => expect(await lab.health()).toBe("healthy"));
});

afterAll(() => lab?.close());

describe("a service that may reach one host", () => {
  test("reaches it through its gateway", async () => {
    expect(await lab.throughGateway("api.example.com")).toBe("reached");
  });

  test.each([
    ["another host at the same address", "other.example.com", 443],
    ["the address of the host", EgressLab.address, 443],
    ["another port of the host", "api.example.com", 80],
    ["the gateway itself", "localhost", 443],
    ["a host whose name leads to a private network", "private.example.com", 443],
    ["a host whose name leads to the metadata of a cloud", "metadata.example.com", 443],
  ])("is refused %s", async (_, host, port) => {
    expect(await lab.throughGateway(host, port)).toBe("refused with 403");
  });

  test("is refused a page without encryption", async () => {
    expect(await lab.plainThroughGateway("http://api.example.com/")).toBe("refused with 403");
  });

  test("gets nowhere without the gateway", async () => {
    // Older engines give it a route, and drop what takes it.
    expect(await lab.directly()).toMatch(/^(ENETUNREACH|ETIMEDOUT)$/);
  });

  test("leaves a line in the log for each attempt, and the health check none", async () => {
    const log = await lab.log();
    expect(log).toEqual(
      expect.arrayContaining([
        "api.example.com:443 TCP_TUNNEL/200",
        "other.example.com:443 TCP_DENIED/403",
        "http://api.example.com/ TCP_DENIED/403",
      ]),
    );
    // That of the service, above: the health check asks for the same, once a second.
    expect(log.filter((line) => line.startsWith("localhost:443"))).toHaveLength(1);
  });
});
