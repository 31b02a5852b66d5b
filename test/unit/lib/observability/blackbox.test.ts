import { expect, it } from "vitest";
import { parse } from "yaml";
import { blackboxArguments, blackboxFiles } from "../../../../lib/observability/blackbox";
import { observedSystem } from "./alertingObserved";

function modules(publicCertificates: boolean) {
  return parse(blackboxFiles(observedSystem({ publicCertificates }))["blackbox.yml"] ?? "").modules;
}

it("takes 2xx and 3xx within 5 seconds, after redirections, by IPv4 where there is a choice", () => {
  expect(modules(true)).toEqual({
    http_public: {
      prober: "http",
      timeout: "5s",
      http: {
        method: "GET",
        valid_status_codes: [200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 307, 308],
        follow_redirects: true,
        preferred_ip_protocol: "ip4",
        ip_protocol_fallback: true,
      },
    },
  });
});

it("looks past the signature of certificates only where the proxy's own authority signs them", () => {
  expect(modules(false).http_internal.http).toMatchObject({ tls_config: { insecure_skip_verify: true } });
  expect(modules(true).http_public.http).not.toHaveProperty("tls_config");
});

it("is told where its file is", () => {
  expect(blackboxArguments).toEqual(["--config.file=/etc/blackbox/blackbox.yml"]);
});
