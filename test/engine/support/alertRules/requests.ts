import { type AlertCase, critical, warning } from "./case";

const series = (metric: string, labels: string) =>
  `caddy_http_${metric}{job="proxy",server="srv0",method="GET",${labels}}`;
const count = (code: string, host = "shop.example.com", handler = "subroute", port = "") =>
  series(
    "request_duration_seconds_count",
    `host="${host}",host_header="${host}${port}",handler="${handler}",code="${code}"`,
  );
const host = { host: "shop.example.com" };

export const requestCases: readonly AlertCase[] = [
  {
    alert: "ErrorRateHigh",
    when: "11 % fail, with and without the port in the request",
    series: {
      [count("200")]: "0+89x60",
      [count("502", "shop.example.com", "subroute", ":8443")]: "0+10x60",
      [count("502")]: "0+1x60",
    },
    at: "10m",
    fires: [{ labels: { ...critical, ...host }, summary: "shop.example.com: 11 % of the requests fail" }],
  },
  {
    alert: "ErrorRateHigh",
    when: "9 % fail",
    series: { [count("200")]: "0+91x60", [count("500")]: "0+9x60" },
    at: "10m",
    fires: [],
  },
  {
    alert: "ErrorRateHigh",
    when: "neither redirections to HTTPS nor another handler hide that 11 % fail",
    series: {
      [count("200")]: "0+89x60",
      [count("503")]: "0+11x60",
      [count("308")]: "0+100x60",
      [count("200", "shop.example.com", "reverse_proxy")]: "0+100x60",
    },
    at: "10m",
    fires: [{ labels: { ...critical, ...host }, summary: "shop.example.com: 11 % of the requests fail" }],
  },
  {
    alert: "ErrorRateHigh",
    when: "there are less than 15 requests in 5 minutes",
    // One in 45 s.
    series: { [count("200")]: "0 0 0 _x60", [count("500")]: "0 0 0 1 1 1 2 2 2 3 3 3 4 4 4 5 5 5 6 6 6" },
    at: "5m",
    fires: [],
  },
  {
    alert: "ErrorRateHigh",
    when: "Grafana fails, or what is no site",
    series: {
      [count("500", "grafana.example.com")]: "0+10x60",
      [count("500", "_other")]: "0+10x60",
      [count("500", "shop.example.com", "static_response")]: "0+10x60",
    },
    at: "10m",
    fires: [],
  },
  latency("8 of 100 requests take 2.5 to 5 s", { fast: 92, slow: 8 }, [
    {
      labels: { ...warning, ...host },
      // Interpolated within the bucket.
      summary: "shop.example.com: one request in 20 waits longer than 3.4 s for its answer",
    },
  ]),
  latency("4 of 100 do", { fast: 96, slow: 4 }, []),
  latency("what lasts long is a WebSocket", { fast: 92, slow: 8, slowCode: "101" }, []),
];

function latency(
  when: string,
  { fast, slow, slowCode = "200" }: { fast: number; slow: number; slowCode?: string },
  fires: AlertCase["fires"],
): AlertCase {
  const bucket = (code: string, le: string) =>
    series(
      "response_duration_seconds_bucket",
      `host="shop.example.com",handler="subroute",code="${code}",le="${le}"`,
    );
  const same = slowCode === "200";
  return {
    alert: "LatencyHigh",
    when,
    series: {
      [count("200")]: `0+${fast + slow}x80`,
      [bucket("200", "0.1")]: `0+${fast}x80`,
      [bucket("200", "2.5")]: `0+${fast}x80`,
      [bucket("200", "5")]: `0+${same ? fast + slow : fast}x80`,
      [bucket("200", "+Inf")]: `0+${same ? fast + slow : fast}x80`,
      ...(same
        ? {}
        : {
            [bucket(slowCode, "2.5")]: "0x80",
            [bucket(slowCode, "5")]: `0+${slow}x80`,
            [bucket(slowCode, "+Inf")]: `0+${slow}x80`,
          }),
    },
    at: "15m",
    fires,
  };
}
