import { lookup, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { inEnglish, sentence, type Sentence } from "@/lib/sentence";

/**
 * Where outgoing webhooks may go. A URL is given by an operator, and what answers stands in our own network's reach: so only
 * https to addresses anyone on the internet has, unless the host is on the list of those allowed by configuration. The address is
 * checked when it is connected to, after the name was resolved: a name that changes its address between two looks gains nothing.
 */

// Not of the public internet [RFC 6890 and the IANA special-purpose registries]; IPv4 written as IPv6 is neither.
const NOT_PUBLIC: readonly [string, number, "ipv4" | "ipv6"][] = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.0.2.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 3, "ipv4"],
  // Of IPv6 only 2000::/3 is given out [RFC 4291 2.4], and not all of that.
  ["::", 3, "ipv6"],
  ["2001::", 23, "ipv6"],
  ["2001:db8::", 32, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["3fff::", 20, "ipv6"],
  ["4000::", 2, "ipv6"],
  ["8000::", 1, "ipv6"],
];
// Apart, as a list takes an IPv4 address for the IPv6 one it may be written as, and ::/3 holds all of those.
const notPublic = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [address, prefix, family] of NOT_PUBLIC) notPublic[family].addSubnet(address, prefix, family);

function isPublic(address: string): boolean {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  return isIP(address) !== 0 && !notPublic[family].check(address, family);
}

/** `WEBHOOK_ALLOWED_HOSTS`: hosts (`name` or `name:port`) that may be plain http and have any address, e.g. a receiver next door. */
export const allowedHosts = (): readonly string[] =>
  (process.env.WEBHOOK_ALLOWED_HOSTS ?? "")
    .split(",")
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== "");

const isAllowed = (url: URL, allowed: readonly string[]): boolean =>
  allowed.includes(url.hostname.toLowerCase()) || allowed.includes(url.host.toLowerCase());

/** Why nothing is sent to a URL, in a sentence for whoever gave it; null when it may be. Names are not resolved yet. */
export function targetFault(text: string, allowed: readonly string[] = allowedHosts()): Sentence | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !["http:", "https:"].includes(url.protocol)) return sentence("Give a URL that begins with https://.");
  if (url.username !== "" || url.password !== "")
    return sentence("Leave out the user and password: the signature says who sends.");
  if (isAllowed(url, allowed)) return null;
  if (url.protocol !== "https:") return sentence("Only https is sent to, unless WEBHOOK_ALLOWED_HOSTS names the host.");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isOwn = host === "localhost" || host.endsWith(".localhost") || (isIP(host) !== 0 && !isPublic(host));
  return isOwn ? sentence("This host is inside our own network; WEBHOOK_ALLOWED_HOSTS does not name it.") : null;
}

/**
 * Resolves names as `net` does, and refuses an address that is not public: what is connected to is what was looked at, as nobody resolves
 * the name again. Undefined for a host allowed by configuration.
 */
export function lookupOf(
  url: URL,
  allowed: readonly string[] = allowedHosts(),
  resolve: ResolveAll = lookup,
): LookupFunction | undefined {
  if (isAllowed(url, allowed)) return undefined;
  return (hostname, options, done) => {
    const all: LookupOptions & { all: true } = { family: options.family ?? 0, hints: options.hints ?? 0, all: true };
    resolve(hostname, all, (error, addresses) => {
      const usable = error ? [] : addresses.filter(({ address }) => isPublic(address));
      const [first] = usable;
      if (error) done(error, "");
      else if (!first) done(refused(hostname), "");
      else if (options.all) done(null, usable as LookupAddress[]);
      else done(null, first.address, first.family);
    });
  };
}

/** The system's own resolver, or one that answers as it does. */
export type ResolveAll = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const insideOwnNetwork = (hostname: string): Sentence =>
  sentence("{hostname} is inside our own network; WEBHOOK_ALLOWED_HOSTS does not name it.", { hostname });

const refused = (hostname: string): NodeJS.ErrnoException =>
  Object.assign(new Error(inEnglish(insideOwnNetwork(hostname))), {
    code: "ENOTPUBLIC",
  });
