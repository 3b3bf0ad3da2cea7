/** Scrolls to an element that is out of sight; without a ride for whoever asked for less motion. */
export function bringIntoView(element: Element | null): void {
  const isStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  element?.scrollIntoView({ block: "nearest", behavior: isStill ? "instant" : "smooth" });
}
