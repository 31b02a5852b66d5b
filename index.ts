import { createDns } from "./components/dns/dns";
import { createHost } from "./components/host/host";
import { System } from "./components/system";
import { readConfig } from "./config";

const config = readConfig();
const host = createHost(config);
const system = new System(config.app.name, { host, config });
const records = createDns("dns", { config, ipv4: host.ipv4 });

/** Public address of each domain. */
export const urls = system.urls;
/** User name and password of the first administrator, while `bootstrapAdmin` is set. */
export const login = system.login;
/** User name and password of Grafana's administrator, where Grafana runs. */
export const grafanaLogin = system.grafanaLogin;
/** User name and password that the proxy asks for before Grafana and the status page, where the system has that. */
export const monitoringLogin = system.monitoringLogin;
/** What was dumped before the last migration: `npm run rollback -- --restore-database` goes back to it. */
export const restorePoint = system.restorePoint;
/** What `npm run key` exports: the key of the backups, and the secrets that their data depends on. */
export const recoveryKit = system.recoveryKit;
/** The image pins that run. */
export const images = system.images;
/** What is deployed, when, and by whom: on the host, deployment.json in the volume of the proxy's configuration has it too. */
export const deployment = system.deployment;
/** How the machine is logged in to, where the stack has one of its own. */
export const machine = host.connection;
/** Records of the domains that you set where `dns.provider` is `none`. */
export const dnsRecords = records;
