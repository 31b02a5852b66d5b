import { parse } from "yaml";

type Integration = Readonly<Record<string, unknown>>;

/** A receiver as Alertmanager shows its configuration. */
interface Receiver {
  readonly name: string;
  readonly email_configs?: readonly Integration[];
  readonly slack_configs?: readonly Integration[];
  readonly webhook_configs?: readonly Integration[];
}

/**
 * Where the receiver of that name delivers to, in words that say nothing secret: `email to ops@example.com`. None when
 * it tells nobody.
 *
 * @param configuration of Alertmanager, as YAML.
 */
export function deliveries(configuration: string, name: string): string[] {
  const { receivers = [] } = (parse(configuration) ?? {}) as { receivers?: readonly Receiver[] };
  const receiver = receivers.find((one) => one.name === name);
  return [
    ...(receiver?.email_configs ?? []).map(({ to }) => `email to ${to}`),
    ...(receiver?.slack_configs ?? []).map(() => "Slack"),
    ...(receiver?.webhook_configs ?? []).map(({ url_file }) =>
      String(url_file).endsWith("/ntfyUrl") ? "ntfy" : "webhook",
    ),
  ];
}
