const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

/** A host name in lower case, or an IPv4 address. */
export const hostName = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`);

/** A release, as the tag of an image has it. */
export const releaseTag = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** An e-mail address as people have them; stands unquoted in the proxy's configuration. */
export const emailAddress = /^[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;

/** The https URL of a directory, without anything that would mean something in the proxy's configuration. */
export const directoryUrl = /^https:\/\/[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:\/[A-Za-z0-9/._~-]*)?$/;

export const ipv4Address = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;
