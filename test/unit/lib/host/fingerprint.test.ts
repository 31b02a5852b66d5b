import { expect, test } from "vitest";
import { fingerprint } from "../../../../lib/host/fingerprint";

test("as ssh-keygen -l -E md5 prints it, whatever the comment is", () => {
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB812Aexh0IeKTBDVSIE5plmUIAU1+7FsiuDk+l0RC/v";

  expect(fingerprint(key)).toBe("4b:9e:01:75:30:96:ec:fe:3e:de:24:fc:68:01:78:20");
  expect(fingerprint(`${key} ada@example.com`)).toBe(fingerprint(key));
});
