"use client";
import * as Slot from "radix-ui/slot";
import { lazy, Suspense, useState, type ReactNode } from "react";
import type { MenuItem } from "./menu-list";

// Most menus of a page are never opened, so none is part of its first load.
const MenuList = lazy(() => import("./menu-list"));

/** A menu under its trigger, which is one button. */
export function Menu({ trigger, items }: { trigger: ReactNode; items: readonly MenuItem[] }) {
  const [wanted, setWanted] = useState(false);
  const closed = (
    <Slot.Root aria-haspopup="menu" aria-expanded={false} onClick={() => setWanted(true)}>
      {trigger}
    </Slot.Root>
  );
  return wanted ? (
    <Suspense fallback={closed}>
      <MenuList trigger={trigger} items={items} />
    </Suspense>
  ) : (
    closed
  );
}
