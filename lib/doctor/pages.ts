import { type Finding, failed, ok, warning } from "./finding";

export interface Answer {
  readonly status: number;
  /** Value of the header, of a redirection. */
  readonly location?: string | undefined;
}

/** Whether a page is served. A login or a redirection is an answer too. */
export function judgePage(name: string, url: string, { status }: Answer): Finding {
  const what = `page of ${name}`;
  if (status < 400 || status === 401 || status === 403) return ok(what, `${url} answers ${status}`);
  const advice = "`docker logs` of the service and of the proxy say why";
  const judge = status >= 500 ? failed : warning;
  return judge(what, `${url} answers ${status}`, advice);
}

/** Whether plain HTTP leads to the same place with TLS, and for good. */
export function judgeRedirect(name: string, url: string, { status, location }: Answer): Finding {
  const what = `redirect of ${name}`;
  const advice = "the stack's own proxy answers 308: see what else answers there";
  const leads = location !== undefined && sameOrigin(location, url);
  if (leads && (status === 301 || status === 308)) return ok(what, `HTTP leads to ${url}, ${status}`);
  if (leads && (status === 302 || status === 307 || status === 303)) {
    return warning(what, `HTTP leads to ${url} for this time only, ${status}`, advice);
  }
  return failed(
    what,
    `HTTP answers ${status}${location === undefined ? "" : ` to ${location}`}, not with ${url}`,
    advice,
  );
}

function sameOrigin(location: string, url: string): boolean {
  return URL.canParse(location) && new URL(location).origin === new URL(url).origin;
}
