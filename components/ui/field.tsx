import { useId, type ComponentProps, type ReactNode } from "react";
import { StatusMark } from "./status-mark";

interface FieldProps {
  label: ReactNode;
  help?: ReactNode;
  /** What is wrong and what to write instead. */
  error?: ReactNode;
  className?: string;
}

/** Label, control, and the help or error it is described by. `children` is given what ties the control to them. */
export function Field({
  label,
  help,
  error,
  className,
  children,
}: FieldProps & {
  children: (control: { id: string; "aria-describedby"?: string; "aria-invalid"?: true }) => ReactNode;
}) {
  const id = useId();
  const described = error || help ? `${id}-about` : undefined;
  return (
    <div className={className ? `field ${className}` : "field"}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(described === undefined ? {} : { "aria-describedby": described }),
        ...(error ? { "aria-invalid": true as const } : {}),
      })}
      {error ? (
        <span className="err" id={described} role="alert">
          <StatusMark status="trouble" size={14} />
          {error}
        </span>
      ) : help ? (
        <span className="help" id={described}>
          {help}
        </span>
      ) : null}
    </div>
  );
}

type Input = Omit<FieldProps, "className"> & { mono?: boolean; fieldClassName?: string };

/** A one-line field. */
export function TextInput({ label, help, error, mono, fieldClassName, ...rest }: Input & ComponentProps<"input">) {
  return (
    <Field label={label} help={help} error={error} {...(fieldClassName ? { className: fieldClassName } : {})}>
      {(control) => <input {...rest} {...control} className={mono ? "in mono" : "in"} />}
    </Field>
  );
}

/** A field of several lines. */
export function TextArea({ label, help, error, mono, fieldClassName, ...rest }: Input & ComponentProps<"textarea">) {
  return (
    <Field label={label} help={help} error={error} {...(fieldClassName ? { className: fieldClassName } : {})}>
      {(control) => <textarea {...rest} {...control} className={mono ? "in mono" : "in"} />}
    </Field>
  );
}
