import { Children, Fragment, type ReactNode } from "react";

// A name such as sub-2: a browser would end a line after its hyphen.
const NAME = /((?:[\w@.]+-)+\d+)/;

/** Text and whatever is in it, with the names of nodes kept on one line each. */
export function Unbroken({ children }: { children: ReactNode }) {
  return Children.map(children, (child) => (typeof child === "string" ? unbroken(child) : child));
}

function unbroken(text: string): ReactNode {
  const [before = "", name, ...rest] = text.split(NAME);
  if (name === undefined) return before;
  return (
    <Fragment>
      {before}
      <span className="nw">{name}</span>
      {unbroken(rest.join(""))}
    </Fragment>
  );
}
