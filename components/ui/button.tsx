import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { Icon, type IconName } from "./icon";

interface Look {
  /** primary: one a screen. danger: destroys. danger-fill: the button that does it, inside its dialog. */
  kind?: "plain" | "primary" | "ghost" | "danger" | "danger-fill";
  size?: "normal" | "small";
  icon?: IconName;
  /** Shown in place of the icon while the action is under way; the button then takes no clicks. */
  busy?: boolean;
}

const KIND = { plain: "", primary: "pri", ghost: "ghost", danger: "bad", "danger-fill": "bad fill" } as const;

function classes(look: Look, iconOnly: boolean, className?: string): string {
  return ["btn", KIND[look.kind ?? "plain"], look.size === "small" ? "sm" : "", iconOnly ? "ic" : "", className ?? ""]
    .filter(Boolean)
    .join(" ");
}

function Content({ icon, busy, iconOnly, children }: Look & { iconOnly: boolean; children?: ReactNode }) {
  return (
    <>
      {busy ? (
        <span className="spin">
          <Icon name="busy" size={14} />
        </span>
      ) : icon ? (
        <Icon name={icon} size={iconOnly ? 16 : 14} />
      ) : null}
      {children}
    </>
  );
}

/** A button. Without words it is square and needs an aria-label. */
export function Button({ kind, size, icon, busy, className, children, ...rest }: Look & ComponentProps<"button">) {
  const look: Look = { ...(kind && { kind }), ...(size && { size }), ...(icon && { icon }), ...(busy && { busy }) };
  const iconOnly = !children;
  return (
    <button
      {...rest}
      // A busy button keeps its place and focus but neither acts nor submits.
      {...(busy ? { "aria-busy": true, "aria-disabled": true, onClick: undefined } : {})}
      type={busy ? "button" : (rest.type ?? "button")}
      className={classes(look, iconOnly, className)}
    >
      <Content {...look} iconOnly={iconOnly}>
        {children}
      </Content>
    </button>
  );
}

/** A link that looks like a button: it goes somewhere. */
export function ButtonLink({ kind, size, icon, className, children, ...rest }: Look & ComponentProps<typeof Link>) {
  const look: Look = { ...(kind && { kind }), ...(size && { size }), ...(icon && { icon }) };
  const iconOnly = !children;
  return (
    <Link {...rest} className={classes(look, iconOnly, className)}>
      <Content {...look} iconOnly={iconOnly}>
        {children}
      </Content>
    </Link>
  );
}
