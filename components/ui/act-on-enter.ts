import type { KeyboardEvent } from "react";

// What takes a line of text and nothing else: Enter is free in it.
const ONE_LINE = new Set(["text", "search", "email", "url", "tel", "number", "password"]);

/**
 * What a form does, for a dialog's fields that are in none: Enter in a field of one line does what the last button of the footer does,
 * as Ctrl or ⌘ with Enter in any; in a form, too. With one button, which leads out, nothing.
 */
export function actOnEnter(event: KeyboardEvent<HTMLElement>): void {
  const { target, currentTarget } = event;
  const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  if (!isField || event.key !== "Enter" || event.defaultPrevented || event.nativeEvent.isComposing) return;
  const isWilled = event.ctrlKey || event.metaKey;
  if (!isWilled && (target.form !== null || !ONE_LINE.has(target.type))) return;
  event.preventDefault();
  const buttons = currentTarget.querySelectorAll<HTMLButtonElement>(".f button");
  if (buttons.length > 1) buttons[buttons.length - 1]?.click();
}
