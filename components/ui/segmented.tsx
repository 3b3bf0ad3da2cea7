"use client";
import type { ReactNode } from "react";

/** A few alternatives side by side, one of them chosen. */
export function Segmented<V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  /** What is chosen among, for screen readers. */
  label: string;
  value: V;
  options: readonly { value: V; label: ReactNode }[];
  onChange: (value: V) => void;
}) {
  return (
    <fieldset className="seg" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
