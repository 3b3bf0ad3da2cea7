import type { ReactNode } from "react";
import { StatusMark, type Status } from "./status-mark";

/** The one sentence a page opens with, its proofs, and at most two actions. `status` null leaves the mark out. */
export function Answer({
  status,
  children,
  proofs,
  actions,
}: {
  status: Status | null;
  children: ReactNode;
  proofs?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <section className="answer">
      {status === null ? null : <StatusMark status={status} size={24} />}
      <div className="grow">
        <h1>{children}</h1>
        {proofs ? <div className="proofs">{proofs}</div> : null}
      </div>
      {actions ? <div className="acts">{actions}</div> : null}
    </section>
  );
}
