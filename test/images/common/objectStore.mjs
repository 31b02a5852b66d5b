import { AwsClient } from "aws4fetch";

/** Objects of one bucket by the protocol of S3, with the bucket in the path. */
export class Bucket {
  #client;
  #root;

  constructor({ endpoint, region, accessKey, secretKey, bucket }) {
    this.#client = new AwsClient({
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      region,
      service: "s3",
      retries: 0,
    });
    this.#root = `${endpoint}/${bucket}/`;
  }

  put(key, body) {
    return this.#ask("PUT", key, body);
  }

  /** Its bytes, or undefined when there is no such object. */
  async get(key) {
    const response = await this.#ask("GET", key);
    return response.status === 404 ? undefined : Buffer.from(await response.arrayBuffer());
  }

  delete(key) {
    return this.#ask("DELETE", key);
  }

  /** An address by which anyone may do `method` with the object for so many seconds. */
  async presigned(method, key, seconds) {
    const url = new URL(this.#address(key));
    url.searchParams.set("X-Amz-Expires", String(seconds));
    const request = await this.#client.sign(url, { method, aws: { signQuery: true } });
    return request.url;
  }

  #address(key) {
    return this.#root + key.split("/").map(encodeURIComponent).join("/");
  }

  async #ask(method, key, body) {
    const response = await this.#client.fetch(this.#address(key), { method, body });
    if (response.ok || response.status === 404) return response;
    throw new Error(
      `${method} ${key}: the object store answered ${response.status} ${await response.text()}`,
    );
  }
}
