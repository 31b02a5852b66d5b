/** Where alerts begin. */
export interface Thresholds {
  /** Percent of its limit that a container uses; of the machine's memory. */
  readonly memory: number;
  /** Percent of its limit that a container uses; of the machine's cores. */
  readonly cpu: number;
  /** Percent of a file system that is free. */
  readonly disk: number;
  /** Seconds that 95 % of the requests stay below. */
  readonly latency: number;
  /** Percent of the requests that fail. */
  readonly errorRate: number;
  /** Days that a certificate is still good for. */
  readonly certificateDays: number;
  /** Percent of the database's connections in use. */
  readonly connections: number;
  /** Percent of Redis' memory in use. */
  readonly redisMemory: number;
  /** Percent of the requests of 30 days that must succeed: the objective that the burn rates are of. */
  readonly availability: number;
  /** Hours that the newest backup may be old; twice as many for the last drill. */
  readonly backupAge: number;
}

/** The guides' own (FreshTrack, HomeRack: 85, 80, 20, 2, 10), and customary ones for the rest. */
export const defaultThresholds: Thresholds = {
  memory: 85,
  cpu: 80,
  disk: 20,
  latency: 2,
  errorRate: 10,
  certificateDays: 20,
  connections: 80,
  redisMemory: 90,
  availability: 99.5,
  // A day and two hours of grace.
  backupAge: 26,
};
