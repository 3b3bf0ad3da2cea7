"use client";
import * as RadixTooltip from "radix-ui/tooltip";
import type { ReactNode } from "react";

/** More about something on hover and focus. Never the only home of a fact; the child is one element that can take focus. */
export function Tooltip({ about, children }: { about: ReactNode; children: ReactNode }) {
  return (
    <RadixTooltip.Provider delayDuration={300}>
      <RadixTooltip.Root>
        <RadixTooltip.Trigger asChild>{children}</RadixTooltip.Trigger>
        <RadixTooltip.Portal>
          <RadixTooltip.Content className="tip" sideOffset={6} collisionPadding={8}>
            {about}
          </RadixTooltip.Content>
        </RadixTooltip.Portal>
      </RadixTooltip.Root>
    </RadixTooltip.Provider>
  );
}
