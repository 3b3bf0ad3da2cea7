import { parseAsStringLiteral } from "nuqs/server";
import { CHART_RANGE_NAMES } from "@/lib/api-client/cluster";

/** The range of the charts in the URL; absent: live. The same on the server and in the browser. */
export const rangeParser = parseAsStringLiteral(CHART_RANGE_NAMES).withDefault("live");
