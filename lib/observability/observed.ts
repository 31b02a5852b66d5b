import type { RepositoryName } from "../../images/backup/contract";
import type { PartName } from "./parts";
import type { Retention } from "./profiles";
import type { Receivers, RuleSettings } from "./settings";
import type { Thresholds } from "./thresholds";

/** A service that says how it does. */
export interface ObservedService {
  readonly name: string;
  readonly port: number;
  /** HTTP path of its metrics. */
  readonly metrics: string;
}

/** A public address that must answer. */
export interface ObservedRoute {
  /** Short name of its domain. */
  readonly domain: string;
  /** `https://clubhouse.example.com/health`. */
  readonly url: string;
}

/** What is backed up, as far as it makes a difference to what is watched. */
export interface ObservedBackups {
  /** The first is written by the backup itself, the others get copies. */
  readonly repositories: readonly RepositoryName[];
  /** Whether a database is backed up, so that a drill restores it. */
  readonly database: boolean;
  /** Whether the write-ahead log is shipped, so that recovery to any moment is possible. */
  readonly pitr: boolean;
}

/** What is observed, and how: all that the configuration of the parts is made from. */
export interface Observed {
  readonly system: string;
  readonly stack: string;
  /** Those that run. */
  readonly parts: readonly PartName[];
  /** Pin of the image of each part that runs. */
  readonly pins: Readonly<Partial<Record<PartName, string>>>;
  /** Those that have metrics. */
  readonly services: readonly ObservedService[];
  readonly routes: readonly ObservedRoute[];
  /** Whether a public authority, which every client knows, signs the certificates. */
  readonly publicCertificates: boolean;
  /** Public address of Grafana, for the links in alerts. */
  readonly grafanaUrl: string;
  readonly retention: Retention;
  readonly thresholds: Thresholds;
  readonly receivers: Receivers;
  /** Whether the stack sets the address that hears every minute that alerting works. */
  readonly heartbeat: boolean;
  readonly rules: Readonly<Record<string, RuleSettings>>;
  /** Undefined: there are no backups. */
  readonly backups?: ObservedBackups | undefined;
}
