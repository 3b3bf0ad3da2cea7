import type { ReactNode } from "react";
import { Notice } from "./notice";

/** What was asked for and did not work, in the server's words; nothing while nothing failed. */
export function Failure({ title, error }: { title?: ReactNode; error: Error | null }) {
  return error ? (
    <Notice kind="trouble" title={title}>
      {error.message}
    </Notice>
  ) : null;
}
