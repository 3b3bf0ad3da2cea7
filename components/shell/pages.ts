import type { Permission } from "@/lib/rbac/permissions";
import type { IconName } from "../ui/icon";

/** A page of the console in the rail: its word is its path, its message key and, with `g`, its key. */
export interface ConsolePage {
  word: "overview" | "presence" | "publish" | "diagnostics" | "cluster" | "alerts" | "access" | "audit" | "operators";
  icon: IconName;
  /** The page is there for whoever has any of these. */
  permissions: readonly Permission[];
  key: string;
  /** Pages that watch the fleet come first, those that govern the console after a line. */
  governs?: true;
}

export const CONSOLE_PAGES: readonly ConsolePage[] = [
  { word: "overview", icon: "overview", permissions: ["cluster.read"], key: "o" },
  { word: "presence", icon: "phone", permissions: ["presence.read"], key: "p" },
  { word: "publish", icon: "publish", permissions: ["publish.read"], key: "b" },
  { word: "diagnostics", icon: "log", permissions: ["diagnostics.read"], key: "d" },
  { word: "cluster", icon: "cluster", permissions: ["cluster.read"], key: "c" },
  { word: "alerts", icon: "bell", permissions: ["alerts.read"], key: "a" },
  { word: "access", icon: "key", permissions: ["access.read"], key: "k", governs: true },
  { word: "audit", icon: "audit", permissions: ["audit.read"], key: "u", governs: true },
  { word: "operators", icon: "people", permissions: ["operators.read"], key: "s", governs: true },
];

/** Pages that someone with these permissions may open. */
export const pagesFor = (permissions: readonly Permission[]): readonly ConsolePage[] =>
  CONSOLE_PAGES.filter((page) => page.permissions.some((permission) => permissions.includes(permission)));
