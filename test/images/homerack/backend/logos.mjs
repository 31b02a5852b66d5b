import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const brandName = { type: "string", pattern: "^[a-z0-9-]{1,40}$" };
const schema = { params: { type: "object", properties: { brand: brandName } } };
/** More than the proxy lets through. */
const bodyLimit = 64 * 1024 * 1024;

export function logoRoutes(server, uploads) {
  const folder = join(uploads, "brand_logos");
  server.addContentTypeParser("image/png", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  server.post(
    "/api/brands/:brand/logo",
    { schema, bodyLimit },
    async ({ params: { brand }, body }, reply) => {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, `${brand}.png`), body);
      return reply.code(201).send({ url: `/uploads/brand_logos/${brand}.png` });
    },
  );
  server.get("/uploads/brand_logos/:brand.png", { schema }, async ({ params: { brand } }, reply) => {
    try {
      const picture = await readFile(join(folder, `${brand}.png`));
      return reply.type("image/png").send(picture);
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
      return reply.code(404).send({ error: "there is no such logo" });
    }
  });
}
