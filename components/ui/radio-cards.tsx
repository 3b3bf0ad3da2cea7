"use client";
import { useId, type ReactNode } from "react";

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
  const name = useId();
  return (
    <div className={className ? `radio-cards ${className}` : "radio-cards"} role="radiogroup" aria-label={label}>
      {options.map((option) => {
        const about = option.about ? `${name}-${option.value}` : undefined;
        return (
          <label key={option.value} className="radio-card">
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled ?? false}
              onChange={() => onChange(option.value)}
              aria-labelledby={`${name}-${option.value}-name`}
              {...(about === undefined ? {} : { "aria-describedby": about })}
            />
            <span>
              <span className="b" id={`${name}-${option.value}-name`}>
                {option.label}
              </span>
              {option.about ? (
                <span className="about" id={about}>
                  {option.about}
                </span>
              ) : null}
            </span>
          </label>
        );
      })}
    </div>
  );
}
