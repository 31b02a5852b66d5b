/** How a program connects to a Postgres database, in one line. */
export interface PostgresConnection {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: string;
  readonly sslmode: string;
}

/** `postgresql://user:password@host:port/name?sslmode=…`, whatever the parts have in them. */
export function postgresUrl({ host, port, name, user, password, sslmode }: PostgresConnection): string {
  const [database, mode] = [encodeURIComponent(name), encodeURIComponent(sslmode)];
  return `postgresql://${login(user, password)}@${host}:${port}/${database}?sslmode=${mode}`;
}

export interface RedisConnection {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}

/** `redis://:password@host:port/0`. */
export function redisUrl({ host, port, password }: RedisConnection): string {
  return `redis://${login("", password)}@${host}:${port}/0`;
}

function login(user: string, password: string): string {
  return `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
}
