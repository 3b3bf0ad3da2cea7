"use client";
import * as RadioGroup from "radix-ui/radio-group";
import type { ReactNode } from "react";

/** Alternatives that each need a line of explanation. */
export function RadioCards<V extends string>({
  label,
  value,
  options,
  onChange,
  className,
}: {
  label: string;
  value: V;
  options: readonly { value: V; label: ReactNode; about?: ReactNode; disabled?: boolean }[];
  onChange: (value: V) => void;
  className?: string;
}) {
  return (
    <RadioGroup.Root
      className={className ? `radio-cards ${className}` : "radio-cards"}
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        const option = options.find((candidate) => candidate.value === next);
        if (option) onChange(option.value);
      }}
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          className="radio-card"
          {...(option.disabled ? { disabled: true } : {})}
        >
          <span className="dot" />
          <span>
            <span className="b">{option.label}</span>
            {option.about ? <span className="m about">{option.about}</span> : null}
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
