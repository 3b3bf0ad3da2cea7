import type { ReactNode } from "react";
import { StatusMark, type Status } from "./status-mark";
import { Unbroken } from "./unbroken";

/**
 * The one sentence a page opens with, its proofs, and at most two actions. `status` null leaves the mark out. `was`: the sentence that
 * stood here until this one, whose place it takes as it is.
 */
export function Answer({
  status,
  children,
  was,
  proofs,
  actions,
}: {
  status: Status | null;
  children: ReactNode;
  was?: ReactNode;
  proofs?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <section className="answer">
      {status === null ? null : <StatusMark status={status} size={24} />}
      <div className="grow">
        {was ? (
          <h1 className="instead">
            <span className="was" aria-hidden="true">
              <Unbroken>{was}</Unbroken>
            </span>
            <span>
              <Unbroken>{children}</Unbroken>
            </span>
          </h1>
        ) : (
          <h1>
            <Unbroken>{children}</Unbroken>
          </h1>
        )}
        {proofs ? <div className="proofs">{proofs}</div> : null}
      </div>
      {actions ? <div className="acts">{actions}</div> : null}
    </section>
  );
}
