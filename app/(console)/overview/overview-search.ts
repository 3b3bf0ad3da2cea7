import { parseAsIsoDateTime } from "nuqs/server";

/** What of the overview stands in the URL. The same on the server and in the browser. */
export const overviewSearch = {
  /** The page as it was then; absent: now. */
  at: parseAsIsoDateTime,
};
