import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { promqlProblem } from "../../../../lib/observability/promql";
import { nasty } from "../../properties/arbitraries";

const end = "it goes wrong at its end, where something is missing";

it.each([
  "up",
  "1",
  "up == bool 1",
  'absent(up{job="x"})',
  "sum by (job) (rate(http_requests_total[5m])) > 1",
  "sum(up) by (job)",
  'histogram_quantile(0.95, sum by (le) (rate(duration_bucket{route!~"/a.*"}[5m]))) > 2',
  "predict_linear(node_filesystem_avail_bytes[6h], 4 * 3600) < 0",
  "quantile_over_time(0.5, (queue_length[5m] offset 1h)) > 3",
  "max_over_time(rate(queue_length[5m])[1h:1m]) > 1",
  "increase(queue_length[5m] @ start()) > 1",
  "-rate(queue_length[5m])",
  "up and on(job) group_left() ready",
  'label_replace(up, "a", "$1", "b", "(.*)") == 0',
  "# about the queue\nqueue_length > 100",
])("takes %j", (expression) => {
  expect(promqlProblem(expression)).toBeUndefined();
});

describe("the syntax", () => {
  it.each([
    ["", end],
    [" ", end],
    ["# a comment", end],
    ["queue_length >", end],
    ["sum(up", end],
    ["up[5m", end],
    ["sum by (job, up)", end],
    ["queue length", 'it goes wrong at "length", character 7'],
    [")", 'it goes wrong at ")", character 1'],
    ["up{job=}", 'it goes wrong at "}", character 8'],
    ["up;", 'it goes wrong at ";", character 3'],
    ["nosuchfunction(up)", 'it goes wrong at "(up)", character 15'],
    ["first\nsecond\nthird and more than twenty", 'it goes wrong at "second\\nthird and mor", character 7'],
  ])("of %j is told with the place", (expression, problem) => {
    expect(promqlProblem(expression)).toBe(problem);
  });
});

describe("a range of time", () => {
  const stray = "a range of time is for functions such as rate";
  const missing = "the function needs a range of time, such as [5m]";
  it.each([
    ["up[5m]", `it goes wrong at "up[5m]", character 1: ${stray}`],
    ["(up[5m])", `it goes wrong at "up[5m])", character 2: ${stray}`],
    ["up[5m] > 1", `it goes wrong at "up[5m] > 1", character 1: ${stray}`],
    ["sum(up[5m]) > 1", `it goes wrong at "up[5m]) > 1", character 5: ${stray}`],
    ["abs(up[1h:5m])", `it goes wrong at "up[1h:5m])", character 5: ${stray}`],
    ["rate(requests) > 1", `it goes wrong at "rate(requests) > 1", character 1: ${missing}`],
    ["rate((requests offset 5m))", `it goes wrong at "rate((requests offse", character 1: ${missing}`],
    ["sum(rate(a[5m]) / rate(b))", `it goes wrong at "rate(b))", character 19: ${missing}`],
    ["avg_over_time(up)", `it goes wrong at "avg_over_time(up)", character 1: ${missing}`],
  ])("in %j is where it belongs, or the place is told", (expression, problem) => {
    expect(promqlProblem(expression)).toBe(problem);
  });
});

it.each(['"text"', '("text")'])("has nothing to alert in %s", (expression) => {
  expect(promqlProblem(expression)).toMatch(/: a text can't be alerted$/);
});

it("tells of any text in one line, and never throws", () => {
  const words = [
    "rate",
    "sum",
    "by",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "5m",
    ":",
    "up",
    "@",
    "offset",
    " ",
    '"',
    "-",
  ];
  const almost = fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(nasty, almost, fc.string({ unit: "binary" })), (text) => {
      const problem = promqlProblem(text);
      if (problem !== undefined) expect(problem).toMatch(/^it goes wrong at .+$/);
    }),
    { numRuns: 2000 },
  );
});

it("isn't overcome by depth", () => {
  const deep = (inner: string) => `${"(".repeat(1000)}${inner}${")".repeat(1000)}`;
  expect(promqlProblem(deep("up"))).toBeUndefined();
  expect(promqlProblem(deep("up[5m]"))).toMatch(/character 1001: a range of time/);
  expect(promqlProblem("(".repeat(50_000))).toMatch(/^it goes wrong at /);
});
