import { parseAsArrayOf, parseAsInteger, parseAsStringLiteral } from "nuqs/server";
import { ALL_CLASSES, CALL_METHODS } from "@/lib/api-client/diagnostics";

/** The page's view as its address carries it; the text looked for is not in it, as it may be personal data. */
export const logSearchParams = {
  tab: parseAsStringLiteral(["calls", "life"] as const).withDefault("calls"),
  classes: parseAsArrayOf(parseAsStringLiteral(ALL_CLASSES)).withDefault([]),
  method: parseAsStringLiteral(CALL_METHODS),
  /** The line that is open beside the table. */
  line: parseAsInteger,
};
