import type { ReactNode } from "react";
import { Icon } from "./icon";
import { StatusMark } from "./status-mark";

/** Something to know before reading on: plain, trouble (something of ours is wrong) or unknown (we cannot tell). */
export function Notice({
  kind = "plain",
  title,
  children,
  actions,
}: {
  kind?: "plain" | "trouble" | "unknown";
  title?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  const tone = { plain: "note", trouble: "note bad", unknown: "note unk" }[kind];
  return (
    <div className={tone} role={kind === "trouble" ? "alert" : "note"}>
      {kind === "plain" ? <Icon name="bell" size={20} /> : <StatusMark status={kind} size={20} />}
      <div className="grow">
        {title ? <h2>{title}</h2> : null}
        {children ? <div className="t2">{children}</div> : null}
      </div>
      {actions ? <div className="row">{actions}</div> : null}
    </div>
  );
}
