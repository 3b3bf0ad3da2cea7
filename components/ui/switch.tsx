"use client";
import type { ReactNode } from "react";

/** Something that is on or off at once, without a save. */
export function Switch({
  checked,
  onChange,
  disabled = false,
  children,
  label,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  children?: ReactNode;
  /** Needed when there are no words beside it. */
  label?: string;
}) {
  return (
    <label className="opt">
      <input
        type="checkbox"
        role="switch"
        aria-checked={checked}
        className="sw"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        {...(label === undefined ? {} : { "aria-label": label })}
      />
      {children}
    </label>
  );
}
