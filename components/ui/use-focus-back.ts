"use client";
import { useRef } from "react";

/**
 * For the content of a dialog that has no trigger of its own: the keyboard goes back to what opened it. Radix knows only a
 * trigger, and would leave it nowhere.
 */
export function useFocusBack() {
  const opener = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: () => {
      opener.current = openerOf(document.activeElement);
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      (opener.current?.isConnected ? opener.current : document.getElementById("content"))?.focus();
    },
  };
}

/** What was pressed; of a menu's item, which goes with its menu, the button of the menu. */
function openerOf(pressed: Element | null): HTMLElement | null {
  const menu = pressed?.closest("[role=menu]");
  const opener = menu ? document.getElementById(menu.getAttribute("aria-labelledby") ?? "") : pressed;
  return opener instanceof HTMLElement ? opener : null;
}
