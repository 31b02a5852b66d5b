import {
  address,
  bytes,
  jsonOrigins,
  oneOf,
  readConfiguration,
  text,
  whole,
} from "../../common/configuration.mjs";

/** What the backend is configured with. */
export function configured() {
  return readConfiguration({
    ENVIRONMENT: oneOf("production"),
    DEBUG: oneOf("false"),
    LOG_LEVEL: oneOf("INFO"),
    LOG_FORMAT: oneOf("json"),
    WORKERS: whole(1, 64),
    DATABASE_URL: address("postgresql"),
    DB_POOL_SIZE: whole(1, 100),
    DB_MAX_OVERFLOW: whole(0, 100),
    DB_POOL_RECYCLE: whole(1, 86_400),
    REDIS_URL: address("redis"),
    SECRET_KEY: bytes("hex", 32),
    JWT_SECRET_KEY: bytes("hex", 32),
    CORS_ORIGINS: jsonOrigins(),
    UPLOAD_DIR: text(),
  });
}
