import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

// OWASP's password storage cheat sheet: N=2^15, r=8, p=3 is as strong as N=2^17, p=1 and takes 32 MiB instead
// of 128, which a container with a memory limit feels.
const cost = { N: 2 ** 15, r: 8, p: 3 };
const keyLength = 32;
const saltLength = 16;

/** `scrypt$N$r$p$salt$key`: the cost is kept with each hash, so that it can be raised later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltLength);
  const key = await derive(password, salt, cost);
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64"), key.toString("base64")].join("$");
}

/**
 * Whether the password belongs to the hash. Without a hash (no such user) it takes as long and answers false, so
 * that the time doesn't tell which usernames exist.
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const expected =
    hash === undefined ? { cost, salt: Buffer.alloc(saltLength), key: Buffer.alloc(0) } : parse(hash);
  const derived = await derive(password, expected.salt, expected.cost);
  return expected.key.length === keyLength && timingSafeEqual(expected.key, derived);
}

function parse(hash: string) {
  const [, N, r, p, salt = "", key = ""] = hash.split("$");
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, "base64"),
    key: Buffer.from(key, "base64"),
  };
}

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyLength, { ...options, maxmem: 64 * 1024 * 1024 }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
