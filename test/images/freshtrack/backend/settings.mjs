import {
  address,
  bytes,
  oneOf,
  origins,
  Refusal,
  readConfiguration,
  startingWith,
  text,
  whole,
  z,
} from "../../common/configuration.mjs";

/** What each service outside needs, all of it or nothing. */
const groups = {
  stripe: ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"],
  resend: ["RESEND_API_KEY", "EMAIL_FROM_ADDRESS"],
  telnyx: ["TELNYX_API_KEY", "TELNYX_MESSAGING_PROFILE_ID", "TELNYX_PHONE_NUMBER"],
  ttn: ["TTN_API_KEY", "TTN_APPLICATION_ID"],
  sentry: ["SENTRY_DSN"],
};

/** @throws {Refusal} with what is missing or wrong. */
export function readSettings() {
  const settings = readConfiguration({
    NODE_ENV: oneOf("production"),
    PORT: whole(1, 65_535),
    DATABASE_URL: address("postgresql", "postgres"),
    DB_POOL_MAX: whole(1, 100),
    REDIS_URL: address("redis"),
    MINIO_ENDPOINT: address("http", "https"),
    MINIO_REGION: text(),
    MINIO_BUCKET: text(),
    MINIO_ACCESS_KEY: text(),
    MINIO_SECRET_KEY: text(),
    JWT_SECRET: bytes("base64", 32),
    STACK_AUTH_PROJECT_ID: text(),
    STACK_AUTH_PUBLISHABLE_KEY: text(),
    STACK_AUTH_SECRET_KEY: text(),
    FRONTEND_URL: address("https"),
    APP_URL: address("https"),
    API_URL: address("https"),
    CORS_ORIGINS: origins(),
    STRIPE_SECRET_KEY: startingWith("sk_").optional(),
    STRIPE_WEBHOOK_SECRET: startingWith("whsec_").optional(),
    RESEND_API_KEY: startingWith("re_").optional(),
    EMAIL_FROM_ADDRESS: z.email().optional(),
    TELNYX_API_KEY: text().optional(),
    TELNYX_MESSAGING_PROFILE_ID: text().optional(),
    TELNYX_PHONE_NUMBER: startingWith("+").optional(),
    TTN_API_KEY: text().optional(),
    TTN_APPLICATION_ID: text().optional(),
    TTN_API_URL: address("https"),
    TTN_WEBHOOK_URL: address("https"),
    SENTRY_DSN: address("https").optional(),
  });
  return { ...settings, services: servicesIn(settings) };
}

/** Names of the services outside that it has keys to. */
function servicesIn(settings) {
  return Object.entries(groups).flatMap(([service, names]) => {
    const missing = names.filter((name) => settings[name] === undefined);
    if (missing.length === 0) return [service];
    if (missing.length < names.length) throw new Refusal(`${service} needs ${missing.join(", ")} too`);
    return [];
  });
}
