import type { LogLine } from "@/lib/diagnostics/schemas";

/** The URL without its host, which is the same on most lines. */
export const pathOf = ({ url, host }: Pick<LogLine, "url" | "host">): string => {
  const start = url && host ? url.indexOf(host) : -1;
  return (start < 0 ? url : url?.slice(start + (host?.length ?? 0))) || "/";
};

/** An endpoint's method and path apart. */
export function splitEndpoint(endpoint: string): { method: string; path: string } {
  const space = endpoint.indexOf(" ");
  return { method: endpoint.slice(0, Math.max(0, space)), path: endpoint.slice(space + 1) };
}
