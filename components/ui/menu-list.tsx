"use client";
import Link from "next/link";
import * as DropdownMenu from "radix-ui/dropdown-menu";
import { Fragment, type ReactNode } from "react";
import { Icon, type IconName } from "./icon";

export type MenuItem =
  | {
      kind: "action";
      key: string;
      label: ReactNode;
      icon?: IconName;
      onSelect: () => void;
      danger?: boolean;
      disabled?: boolean;
    }
  | { kind: "link"; key: string; label: ReactNode; icon?: IconName; href: string }
  /** One of several that may be chosen together `staysOpen`. */
  | { kind: "choice"; key: string; label: ReactNode; chosen: boolean; onSelect: () => void; staysOpen?: boolean }
  | { kind: "heading"; key: string; label: ReactNode }
  | { kind: "line"; key: string };

/** The menu once it was wanted; it begins open. */
export default function MenuList({ trigger, items }: { trigger: ReactNode; items: readonly MenuItem[] }) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          {items.map((item) => (
            <Fragment key={item.key}>{drawItem(item)}</Fragment>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function drawItem(item: MenuItem): ReactNode {
  switch (item.kind) {
    case "line":
      return <hr />;
    case "heading":
      return <DropdownMenu.Label className="hd">{item.label}</DropdownMenu.Label>;
    case "link":
      return (
        <DropdownMenu.Item asChild>
          <Link className="it" href={item.href}>
            {item.icon ? <Icon name={item.icon} size={14} /> : null}
            {item.label}
          </Link>
        </DropdownMenu.Item>
      );
    case "choice":
      return (
        <DropdownMenu.CheckboxItem
          className="it"
          checked={item.chosen}
          onSelect={(event) => {
            if (item.staysOpen) event.preventDefault();
            item.onSelect();
          }}
        >
          {item.label}
          <DropdownMenu.ItemIndicator className="sp">
            <Icon name="check" size={14} />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.CheckboxItem>
      );
    case "action":
      return (
        <DropdownMenu.Item
          className={item.danger ? "it bad" : "it"}
          onSelect={item.onSelect}
          {...(item.disabled ? { disabled: true } : {})}
        >
          {item.icon ? <Icon name={item.icon} size={14} /> : null}
          {item.label}
        </DropdownMenu.Item>
      );
  }
}
