"use client";
import * as RadixSelect from "radix-ui/select";
import type { ReactNode } from "react";
import { Field } from "./field";
import { Icon } from "./icon";

export interface Option<V extends string> {
  value: V;
  label: ReactNode;
  disabled?: boolean;
}

interface SelectProps<V extends string> {
  value: V;
  options: readonly Option<V>[];
  onChange: (value: V) => void;
  disabled?: boolean;
  name?: string;
}

/** One of a list. Give it a visible label with `SelectField`, or an aria-label. */
export function Select<V extends string>({
  value,
  options,
  onChange,
  disabled = false,
  ...rest
}: SelectProps<V> & { id?: string; "aria-label"?: string; "aria-describedby"?: string; "aria-invalid"?: true }) {
  const { name, ...trigger } = rest;
  return (
    <RadixSelect.Root
      value={value}
      onValueChange={(next) => {
        const option = options.find((candidate) => candidate.value === next);
        if (option) onChange(option.value);
      }}
      disabled={disabled}
      {...(name === undefined ? {} : { name })}
    >
      <RadixSelect.Trigger className="in" {...trigger}>
        <RadixSelect.Value />
        <RadixSelect.Icon>
          <Icon name="down" size={12} />
        </RadixSelect.Icon>
      </RadixSelect.Trigger>
      <RadixSelect.Portal>
        <RadixSelect.Content className="menu" position="popper" sideOffset={4}>
          <RadixSelect.Viewport>
            {options.map((option) => (
              <RadixSelect.Item
                key={option.value}
                value={option.value}
                className="it"
                {...(option.disabled ? { disabled: true } : {})}
              >
                <RadixSelect.ItemText>{option.label}</RadixSelect.ItemText>
                <RadixSelect.ItemIndicator className="sp">
                  <Icon name="check" size={14} />
                </RadixSelect.ItemIndicator>
              </RadixSelect.Item>
            ))}
          </RadixSelect.Viewport>
        </RadixSelect.Content>
      </RadixSelect.Portal>
    </RadixSelect.Root>
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
