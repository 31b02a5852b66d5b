import { describe, expect, it } from "vitest";
import {
  type Certificate,
  type CertificateTerms,
  judgeCertificate,
} from "../../../../lib/doctor/certificate";
import { judgeResolution } from "../../../../lib/doctor/domains";
import { failed, ok, warning } from "../../../../lib/doctor/finding";
import { judgePage, judgeRedirect } from "../../../../lib/doctor/pages";
import { judgePorts, portsToTry } from "../../../../lib/doctor/ports";
import { judgeHsts, judgeVersions, type Offered, tlsGrade } from "../../../../lib/doctor/tls";

describe("where a domain leads", () => {
  const app = { name: "app", domain: "app.example.com" };

  it.each([
    [["203.0.113.7"], ["203.0.113.7"], "ok", "app.example.com is 203.0.113.7"],
    [["203.0.113.7"], [], "ok", "app.example.com is 203.0.113.7"],
    [[], ["203.0.113.7"], "failed", "app.example.com leads nowhere"],
    [
      ["198.51.100.1"],
      ["203.0.113.7"],
      "failed",
      "app.example.com is 198.51.100.1, not the machine, which is 203.0.113.7",
    ],
    [
      ["203.0.113.7", "2001:db8::1"],
      ["203.0.113.7"],
      "warning",
      "app.example.com is 203.0.113.7, 2001:db8::1; 2001:db8::1 isn't known as the machine's",
    ],
  ])("%j where the machine is %j is %s", (found, expected, verdict, value) => {
    expect(judgeResolution({ ...app, found, expected })).toMatchObject({
      what: "name of app",
      verdict,
      value,
    });
  });

  it("says which record to set or to take out", () => {
    const expected = ["203.0.113.7"];
    expect(judgeResolution({ ...app, found: [], expected }).advice).toBe("set its record to 203.0.113.7");
    expect(judgeResolution({ ...app, found: ["203.0.113.7", "2001:db8::1"], expected }).advice).toContain(
      "AAAA record",
    );
  });

  it("needs no record for this machine's own names", () => {
    const finding = judgeResolution({ name: "app", domain: "app.localhost", found: [], expected: [] });
    expect(finding.verdict).toBe("ok");
    expect(judgeResolution({ name: "app", domain: "notlocalhost", found: [], expected: [] }).verdict).toBe(
      "failed",
    );
  });
});

describe("ports", () => {
  const seen = { address: "203.0.113.7", published: [80, 443], ssh: 22, fromItself: false };

  it("are those of the proxy, that of SSH and none of the risky ones", () => {
    expect(judgePorts({ ...seen, open: [80, 443, 22] })).toEqual([
      ok("ports served", "203.0.113.7 answers on 80, 443"),
      ok("ports open", "203.0.113.7: none of 43 risky ones"),
    ]);
  });

  it("fail when the world reaches what it must not, or not what it must", () => {
    const [served, open] = judgePorts({ ...seen, open: [443, 2375, 5432] });
    expect(served).toMatchObject({ verdict: "failed", value: "203.0.113.7 doesn't answer on 80" });
    expect(open).toMatchObject({
      verdict: "failed",
      value: "203.0.113.7: 2375 (the Docker engine without TLS), 5432 (Postgres)",
    });
  });

  it("are a warning from the machine itself, where no firewall is on the way", () => {
    expect(judgePorts({ ...seen, open: [80, 443, 9090], fromItself: true })[1]?.verdict).toBe("warning");
  });

  it("are tried once each, a stack's own too where it isn't a usual one", () => {
    const tried = portsToTry({ published: [8080, 18443], ssh: 2222 });
    expect(tried.slice(0, 3)).toEqual([8080, 18443, 2222]);
    expect(new Set(tried).size).toBe(tried.length);
    expect(judgePorts({ ...seen, published: [8080], open: [8080] })[1]?.verdict).toBe("ok");
  });
});

describe("TLS", () => {
  const hsts = "max-age=31536000; includeSubDomains";
  const modern: Offered = { versions: ["TLSv1.2", "TLSv1.3"], hsts };

  it.each<[string, Partial<Offered>, string, string]>([
    ["A+", {}, "ok", "ok"],
    ["A", { hsts: undefined }, "ok", "warning"],
    ["A", { hsts: "max-age=300" }, "ok", "warning"],
    ["A-", { versions: ["TLSv1.2"] }, "warning", "ok"],
    ["B", { versions: ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] }, "failed", "ok"],
    ["B", { weakCipher: "AES128-SHA" }, "failed", "ok"],
    ["F", { versions: ["TLSv1.1"] }, "failed", "ok"],
  ])("has grade %s with %j", (grade, change, verdict, ofHsts) => {
    const offered = { ...modern, ...change };
    expect(tlsGrade(offered)).toBe(grade);
    expect(judgeVersions("app", offered).verdict).toBe(verdict);
    expect(judgeHsts("app", offered.hsts).verdict).toBe(ofHsts);
  });

  it("says what is offered", () => {
    expect(judgeVersions("app", { ...modern, weakCipher: "AES128-SHA" }).value).toBe(
      "B: TLS 1.2, 1.3, takes AES128-SHA",
    );
    expect(judgeVersions("app", { versions: [] }).value).toBe("F: TLS of no version");
    expect(judgeHsts("app", undefined).value).toBe("the header is missing");
  });
});

describe("a certificate", () => {
  const public90: Certificate = {
    issuer: "Let's Encrypt R11",
    from: "2026-10-01T00:00:00Z",
    to: "2026-12-30T00:00:00Z",
  };
  const internal: Certificate = {
    issuer: "Caddy Local Authority",
    from: "2026-11-21T06:00:00Z",
    to: "2026-11-21T18:00:00Z",
    distrust: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  };
  const terms: CertificateTerms = {
    ...{ tls: { mode: "acme" }, production: true, days: 20 },
    now: new Date("2026-11-21T12:00:00Z"),
  };
  const staging = {
    mode: "acme",
    authority: "https://acme-staging-v02.api.letsencrypt.org/directory",
  } as const;
  const at = (now: string) => ({ ...terms, now: new Date(now) });

  it("is well that is public, of the name, and not near its end", () => {
    expect(judgeCertificate("app", public90, terms)).toEqual(
      ok("certificate of app", "by Let's Encrypt R11, good for 38 days"),
    );
  });

  it.each<[string, Certificate, CertificateTerms, string]>([
    ["of another name", { ...public90, mismatch: "Host: a. is not in b" }, terms, "failed"],
    ["whose time is over", public90, at("2026-12-31T00:00:00Z"), "failed"],
    ["that begins later", public90, at("2026-09-01T00:00:00Z"), "failed"],
    ["with 2 days left", public90, at("2026-12-28T00:00:00Z"), "failed"],
    ["with 15 days left", public90, at("2026-12-15T00:00:00Z"), "warning"],
    ["with 25 days left", public90, at("2026-12-05T00:00:00Z"), "ok"],
    [
      "of 6 days with 2 left",
      { ...public90, from: "2026-12-24T00:00:00Z" },
      at("2026-12-28T00:00:00Z"),
      "ok",
    ],
    [
      "of 6 days with 1 left",
      { ...public90, from: "2026-12-24T00:00:00Z" },
      at("2026-12-29T00:00:00Z"),
      "warning",
    ],
    ["that nobody trusts", { ...public90, distrust: "SELF_SIGNED" }, terms, "failed"],
    ["of staging in production", { ...public90, distrust: "?" }, { ...terms, tls: staging }, "warning"],
    [
      "of staging elsewhere",
      { ...public90, distrust: "?" },
      { ...terms, tls: staging, production: false },
      "ok",
    ],
    ["of its own in production", internal, { ...terms, tls: { mode: "internal" } }, "warning"],
    ["of its own elsewhere", internal, { ...terms, tls: { mode: "internal" }, production: false }, "ok"],
    ["of its own instead of a public one", internal, { ...terms, production: false }, "failed"],
  ])("%s", (_, certificate, its, verdict) => {
    expect(judgeCertificate("app", certificate, its).verdict).toBe(verdict);
  });
});

describe("a page", () => {
  const url = "https://app.example.com";

  it.each([
    [200, "ok"],
    [302, "ok"],
    [401, "ok"],
    [404, "warning"],
    [502, "failed"],
  ])("that answers %i is %s", (status, verdict) => {
    expect(judgePage("app", url, { status })).toMatchObject({ what: "page of app", verdict });
  });

  const advice = "the stack's own proxy answers 308: see what else answers there";

  it.each([
    [{ status: 308, location: `${url}/` }, ok("redirect of app", `HTTP leads to ${url}, 308`)],
    [
      { status: 302, location: `${url}/` },
      warning("redirect of app", `HTTP leads to ${url} for this time only, 302`, advice),
    ],
    [{ status: 200 }, failed("redirect of app", `HTTP answers 200, not with ${url}`, advice)],
    [
      { status: 308, location: "https://other.example.com/" },
      failed("redirect of app", `HTTP answers 308 to https://other.example.com/, not with ${url}`, advice),
    ],
  ])("leads from HTTP: %j", (answer, finding) => {
    expect(judgeRedirect("app", url, answer)).toEqual(finding);
  });
});
