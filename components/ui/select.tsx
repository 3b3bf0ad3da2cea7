import type { ReactNode } from "react";
import { Field } from "./field";
import { Icon } from "./icon";

export interface Option<V extends string> {
  value: V;
  label: string;
  disabled?: boolean;
}

interface SelectProps<V extends string> {
  value: V;
  options: readonly Option<V>[];
  onChange: (value: V) => void;
  disabled?: boolean;
  name?: string;
}

/**
 * One of a list. The browser's own list: right on every phone, known to every screen reader, and no weight. Give it a
 * visible label with `SelectField`, or an aria-label.
 */
export function Select<V extends string>({
  options,
  onChange,
  ...rest
}: SelectProps<V> & { id?: string; "aria-label"?: string; "aria-describedby"?: string; "aria-invalid"?: true }) {
  return (
    <span className="select">
      <select
        {...rest}
        className="in"
        onChange={(event) => {
          const option = options.find((candidate) => candidate.value === event.target.value);
          if (option) onChange(option.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled ?? false}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="down" size={12} />
    </span>
  );
}

/** A select with its label, help and error. */
export function SelectField<V extends string>({
  label,
  help,
  error,
  ...select
}: SelectProps<V> & { label: ReactNode; help?: ReactNode; error?: ReactNode }) {
  return (
    <Field label={label} help={help} error={error}>
      {(control) => <Select {...select} {...control} />}
    </Field>
  );
}
