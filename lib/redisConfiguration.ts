export interface RedisDemand {
  readonly password: string;
  readonly eviction: "noeviction" | "allkeys-lru";
  /** The container's memory limit, MiB. */
  readonly memory: number;
}

/** The rest is for buffers, the copy that a snapshot makes, and fragmentation. */
const dataShare = 0.7;

/** redis.conf: password, append-only file once a second, data limited to 70 % of the memory. */
export function redisConfiguration({ password, eviction, memory }: RedisDemand): string {
  return [
    "bind * -::*",
    "port 6379",
    "protected-mode yes",
    `requirepass "${password.replace(/["\\]/g, "\\$&")}"`,
    "dir /data",
    "appendonly yes",
    "appendfsync everysec",
    `maxmemory ${Math.floor(memory * dataShare)}mb`,
    `maxmemory-policy ${eviction}`,
    "",
  ].join("\n");
}
