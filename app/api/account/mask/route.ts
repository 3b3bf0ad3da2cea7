import { route } from "@/lib/http/route";
import { maskPeople } from "@/lib/operators/unmask";

/** Masks them again. */
export const POST = route(({ ctx }) => maskPeople(ctx, {}));
