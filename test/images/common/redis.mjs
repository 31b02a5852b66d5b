import { createClient } from "@redis/client";
import { onStop } from "./program.mjs";

/** A connection that comes back by itself and ends with the program. A command fails at once while Redis is away. */
export async function connectRedis(url) {
  const client = createClient({ url, disableOfflineQueue: true, maintNotifications: "disabled" });
  client.on("error", (error) => console.error(`Redis: ${error.message}`));
  onStop(() => (client.isReady ? client.close() : client.destroy()));
  await client.connect();
  return client;
}
