"use client";
import * as RadixDialog from "radix-ui/dialog";
import type { DialogProps } from "./dialog";

/** The dialog once it was opened. */
export default function DialogFrame({
  open,
  onOpenChange,
  title,
  lead,
  footer,
  size = "normal",
  children,
}: DialogProps) {
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="scrim" />
        <RadixDialog.Content
          className={size === "wide" ? "dlg wide" : "dlg"}
          {...(lead ? {} : { "aria-describedby": undefined })}
        >
          <RadixDialog.Title>{title}</RadixDialog.Title>
          {lead ? <RadixDialog.Description className="lead">{lead}</RadixDialog.Description> : null}
          {children ? <div className="content">{children}</div> : null}
          {footer ? <div className="f">{footer}</div> : null}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}
