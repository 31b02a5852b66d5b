// @ts-check

/**
 * Where things are in the containers.
 * @type {import("./contract").Paths}
 */
export const paths = {
  settings: "/etc/backup/settings.json",
  repositoryKey: "/run/secrets/backup/repository-key",
  storeCredentials: "/run/secrets/backup/store-credentials",
  databasePassword: "/run/secrets/backup/database-password",
  repository: "/repository",
  state: "/state",
  work: "/work",
  volumes: "/volumes",
  socket: "/tmp/service.sock",
  program: "/opt/backup",
};
