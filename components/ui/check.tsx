"use client";
import type { ReactNode } from "react";
import { Icon } from "./icon";

/** A check box; the words beside it are part of the target. "mixed" shows a dash. */
export function Check({
  checked,
  onChange,
  disabled = false,
  children,
  label,
}: {
  checked: boolean | "mixed";
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  children?: ReactNode;
  /** Needed when there are no words beside it. */
  label?: string;
}) {
  return (
    <label className="opt">
      <span className="tick">
        <input
          type="checkbox"
          className="check"
          checked={checked === true}
          // Only script can set it; there is no attribute for it.
          ref={(box) => {
            if (box) box.indeterminate = checked === "mixed";
          }}
          disabled={disabled}
          onChange={(event) => onChange(event.target.checked)}
          {...(label === undefined ? {} : { "aria-label": label })}
        />
        <Icon name={checked === "mixed" ? "minus" : "check"} size={12} />
      </span>
      {children}
    </label>
  );
}
