import type { AppSpec } from "../../apps/spec";
import { shop } from "./fixtures";

/** The shop with two optional services, each with what only it needs, a size, and images that have releases. */
export const market: AppSpec = {
  ...shop,
  domains: { ...shop.domains, pay: "where payments are told of" },
  images: {
    ...shop.images,
    api: { description: "the API", repository: "ghcr.io/market/api" },
    page: { description: "the pages", repository: "ghcr.io/market/page", default: "nginx:1.29.4" },
    payments: { description: "payments", repository: "ghcr.io/market/payments" },
    mailer: { description: "mails", default: "mailer:1.0.0" },
  },
  lockstep: ["api", "page", "payments"],
  secrets: {
    ...shop.secrets,
    payKey: {
      description: "key to the bank",
      origin: "required",
      form: "password",
      prefix: "sk_",
      together: ["hookKey"],
    },
    hookKey: { description: "proves that the bank asks", origin: "required", form: "password" },
    paySeal: { description: "seals receipts", origin: "generate", form: "hex-32" },
    mapKey: {
      description: "key to the maps",
      origin: "optional",
      form: "password",
      together: ["mapUrl", "mapOfBanks"],
    },
  },
  settings: {
    language: { description: "of the pages", form: ["en", "de"], default: "en" },
    mapUrl: { description: "server of the maps", form: "url" },
    mapOfBanks: { description: "map that the banks are shown on", form: "text" },
    retries: { description: "how often a mail is tried", form: "integer", default: "3" },
    sender: { description: "of mails", form: "email", required: true },
  },
  postgres: { ...shop.postgres, roles: { payer: { secret: "paySeal" } } },
  volumes: { receipts: { description: "receipts", backedUp: true } },
  services: {
    api: {
      ...(shop.services.api as NonNullable<(typeof shop.services)[string]>),
      after: ["mailer"],
      environment: {
        LICENCE: { secret: "licence" },
        KEY: { secret: "signingKey" },
        MAIL: { secret: "mailPassword" },
        LANGUAGE: { setting: "language" },
        MAP: { text: [{ setting: "mapUrl" }, "?key=", { secret: "mapKey" }] },
        PAY_HOST: { text: ["see ", { origin: "pay" }] },
      },
    },
    page: shop.services.page as NonNullable<(typeof shop.services)[string]>,
    payments: {
      image: "payments",
      port: 8080,
      user: "1000:1000",
      usesData: true,
      databaseRole: "payer",
      optional: true,
      volumes: { "/receipts": "receipts" },
      health: { path: "/health", command: ["health"] },
      resources: { memory: 64, cpus: 0.25 },
      environment: {
        KEY: { file: { secret: "payKey" } },
        HOOK: { secret: "hookKey" },
        SEAL: { secret: "paySeal" },
        BANKS: { setting: "mapOfBanks" },
        LANGUAGE: { setting: "language" },
      },
    },
    mailer: {
      image: "mailer",
      user: "1000:1000",
      usesData: false,
      optional: true,
      health: { command: ["health"] },
      resources: { memory: 64, cpus: 0.25 },
      sizing: {
        formula: {
          memory: { base: 200, perWorker: 150 },
          cpus: { perWorker: 0.25 },
          connections: { base: 2, perWorker: 1 },
        },
        tiers: {
          small: { workers: 3, memory: 1536, cpus: 2, connections: 4 },
          large: { workers: 4, memory: 1536, cpus: 2, connections: 4, replicas: 3 },
        },
        default: "small",
      },
      environment: {
        SENDER: { setting: "sender" },
        RETRIES: { setting: "retries" },
        WORKERS: { size: "workers" },
      },
    },
  },
  routes: [
    { domain: "pay", paths: ["/hook"], service: "payments" },
    { domain: "web", paths: ["/api/*"], service: "api", bodyLimit: 50, allowedOrigins: ["web", "pay"] },
    { domain: "web", service: "page" },
    { domain: "admin", service: "api" },
  ],
};
