/** An answer that says no; its message can be shown. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Sends a request to our own server and returns the JSON of the answer. */
export async function request(path, { method = "GET", body } = {}) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const json = answer.status === 204 ? undefined : await answer.json();
  if (!answer.ok) throw new Refused(answer.status, json?.error ?? `The server answered ${answer.status}.`);
  return json;
}

const attempts = 4;
const pauseMs = 500;

/** Like `request`, and repeats it when no answer came. Only for requests that may be made twice. */
export async function requestAgain(path, options) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request(path, options);
    } catch (error) {
      const refused = error instanceof Refused && error.status < 500;
      if (refused || attempt === attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * attempt));
    }
  }
}
