import { Children, type ReactNode } from "react";

// A name such as sub-2: a browser would end a line after its hyphen.
const NAME = /((?:[\w@.]+-)+\d+)/;

/** Text and whatever is in it, with the names of nodes kept on one line each. */
export function Unbroken({ children }: { children: ReactNode }) {
  return Children.map(children, (child) =>
    typeof child === "string"
      ? child.split(NAME).map((part, place) =>
          place % 2 === 0 ? (
            part
          ) : (
            <span className="nw" key={place}>
              {part}
            </span>
          ),
        )
      : child,
  );
}
