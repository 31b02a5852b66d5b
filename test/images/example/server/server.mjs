import { bytes, readConfiguration, whole } from "../../common/configuration.mjs";
import { fingerprint } from "../../common/fingerprint.mjs";
import { service } from "../../common/program.mjs";
import { release } from "../../common/release.mjs";
import { createServer, healthRoute, listen } from "../../common/server.mjs";

await service(async () => {
  const { PORT, SECRET_KEY } = readConfiguration({
    PORT: whole(1, 65_535).default(8080),
    SECRET_KEY: bytes("base64", 32),
  });
  const server = createServer();
  healthRoute(server, "/health", async () => ({ healthy: true, status: "healthy", version: release }));
  server.get("/secret", async () => ({ fingerprint: fingerprint(SECRET_KEY) }));
  await listen(server, PORT);
});
