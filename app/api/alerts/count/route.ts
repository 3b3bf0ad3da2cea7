import { countAlerts } from "@/lib/alerts/count-alerts";
import { route } from "@/lib/http/route";

export const GET = route(({ ctx }) => countAlerts(ctx, {}));
