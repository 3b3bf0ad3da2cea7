import { useId, type ReactNode } from "react";

/** A titled surface. `sub` explains the title, `actions` stand at the right of its head; `body` pads the content. */
export function Panel({
  title,
  sub,
  actions,
  footer,
  body = false,
  className,
  children,
}: {
  title?: ReactNode;
  sub?: ReactNode;
  actions?: ReactNode;
  footer?: ReactNode;
  body?: boolean;
  className?: string | undefined;
  children?: ReactNode;
}) {
  const id = useId();
  const classes = className ? `panel ${className}` : "panel";
  return (
    <section className={classes} {...(title ? { "aria-labelledby": id } : {})}>
      {title ? (
        <header>
          <h2 id={id}>{title}</h2>
          {sub ? <span className="sub">{sub}</span> : null}
          {actions ? <span className="sp row">{actions}</span> : null}
        </header>
      ) : null}
      {body ? <div className="body">{children}</div> : children}
      {footer ? <footer>{footer}</footer> : null}
    </section>
  );
}

/** Names and values in a side panel. */
export function Facts({ rows }: { rows: readonly { name: ReactNode; value: ReactNode; key: string }[] }) {
  return (
    <dl className="kv">
      {rows.map((row) => (
        <FactRow key={row.key} name={row.name} value={row.value} />
      ))}
    </dl>
  );
}

function FactRow({ name, value }: { name: ReactNode; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
