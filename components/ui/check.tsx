"use client";
import * as Checkbox from "radix-ui/checkbox";
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
    // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- the check box inside is its control
    <label className="opt">
      <Checkbox.Root
        className="check"
        checked={checked === "mixed" ? "indeterminate" : checked}
        onCheckedChange={(next) => onChange(next === true)}
        disabled={disabled}
        {...(label === undefined ? {} : { "aria-label": label })}
      >
        <Checkbox.Indicator>
          <Icon name={checked === "mixed" ? "minus" : "check"} size={12} />
        </Checkbox.Indicator>
      </Checkbox.Root>
      {children}
    </label>
  );
}
