"use client";
import * as RadixDialog from "radix-ui/dialog";
import type { ReactNode } from "react";
import { actOnEnter } from "./act-on-enter";
import { useFocusBack } from "./use-focus-back";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** What this is about, in a sentence or two. */
  lead?: ReactNode;
  /** Buttons, the safe one first. */
  footer?: ReactNode;
  size?: "normal" | "wide";
  children?: ReactNode;
}

/** The dialog once it was opened. */
export default function DialogFrame({ open, onClose, title, lead, footer, size = "normal", children }: DialogProps) {
  const focusBack = useFocusBack();
  return (
    <RadixDialog.Root open={open} onOpenChange={(next) => next || onClose()}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="scrim" />
        <RadixDialog.Content
          {...focusBack}
          className={size === "wide" ? "dlg wide" : "dlg"}
          onKeyDown={actOnEnter}
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
