export interface RedisDemand {
  readonly password: string;
  readonly eviction: "noeviction" | "allkeys-lru";
  /** The container's memory limit, MiB. */
  readonly memory: number;
  /** MiB for data. @default 70 % of the memory */
  readonly maxMemory?: number | undefined;
}

/** The rest is for buffers, the copy that a snapshot makes, and fragmentation. */
const dataShare = 0.7;

/** redis.conf: password, append-only file once a second, a limit for the data. */
export function redisConfiguration({
  password,
  eviction,
  memory,
  maxMemory = Math.floor(memory * dataShare),
}: RedisDemand): string {
  return [
    "bind * -::*",
    "port 6379",
    "protected-mode yes",
    `requirepass "${password.replace(/["\\]/g, "\\$&")}"`,
    "dir /data",
    "appendonly yes",
    "appendfsync everysec",
    `maxmemory ${maxMemory}mb`,
    `maxmemory-policy ${eviction}`,
    "",
  ].join("\n");
}
