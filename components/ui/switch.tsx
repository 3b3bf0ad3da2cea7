"use client";
import * as RadixSwitch from "radix-ui/switch";
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
    // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- the switch inside is its control
    <label className="opt">
      <RadixSwitch.Root
        className="sw"
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        {...(label === undefined ? {} : { "aria-label": label })}
      />
      {children}
    </label>
  );
}
