import { parseAsStringLiteral } from "nuqs/server";

export const ALERT_TABS = ["open", "acknowledged", "resolved", "rules", "channels"] as const;

/** The open tab in the URL; absent: open. The same on the server and in the browser. */
export const tabParser = parseAsStringLiteral(ALERT_TABS).withDefault("open");
