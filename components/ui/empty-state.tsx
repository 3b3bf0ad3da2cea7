import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon";

/** Nothing here, and what would fill it. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="state">
      <Icon name={icon} size={20} />
      <b className="b">{title}</b>
      {children ? <span className="t2">{children}</span> : null}
      {action}
    </div>
  );
}
