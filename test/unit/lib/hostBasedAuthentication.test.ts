import { expect, it } from "vitest";
import { hostBasedAuthentication } from "../../../lib/hostBasedAuthentication";

it("lets everybody in by password or as the server's own user, and one role stream the log", () => {
  expect(hostBasedAuthentication("shop_backup")).toBe(
    [
      "local all all peer",
      "host all all all scram-sha-256",
      'host replication "shop_backup" all scram-sha-256',
      "",
    ].join("\n"),
  );
});
