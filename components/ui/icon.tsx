import type { ReactNode } from "react";

// Drawn on a 16 px grid with a 1.5 px line. Icons stand for a status, an action or a kind of event; never for decoration.
const SHAPES = {
  overview: <path d="M2.5 9.5h2.6l1.7-5 2.6 8 1.7-4.5h2.4" />,
  phone: (
    <>
      <rect x="4.5" y="1.5" width="7" height="13" rx="1.6" />
      <path d="M7 12.2h2" />
    </>
  ),
  publish: <path d="M14 2 7.2 8.8M14 2 9.6 14l-2.4-5.2L2 6.4z" />,
  log: (
    <>
      <path d="M9 1.8H4.2A1.2 1.2 0 0 0 3 3v10a1.2 1.2 0 0 0 1.2 1.2h3M9 1.8 13 5.6V7M9 1.8v3.8h4" />
      <circle cx="10.6" cy="11" r="2.2" />
      <path d="m12.4 12.8 1.6 1.6" />
    </>
  ),
  cluster: (
    <>
      <circle cx="8" cy="3.4" r="1.7" />
      <circle cx="3.4" cy="12" r="1.7" />
      <circle cx="12.6" cy="12" r="1.7" />
      <path d="M7.2 4.9 4.2 10.5M8.8 4.9l3 5.6M5.1 12h5.8" />
    </>
  ),
  bell: <path d="M4 11.5V7a4 4 0 0 1 8 0v4.5l1 .9H3zM6.8 14.2h2.4" />,
  key: (
    <>
      <circle cx="5.2" cy="10.8" r="2.7" />
      <path d="m7.2 8.8 5.6-5.6M10.4 5.6l1.9 1.9" />
    </>
  ),
  audit: <path d="M3 4h10M3 8h6M3 12h4M10.5 11.2l1.5 1.5 2.4-3" />,
  people: (
    <>
      <circle cx="6" cy="5.4" r="2.4" />
      <path d="M1.8 13.4c.3-2.4 2-3.8 4.2-3.8s3.9 1.4 4.2 3.8M10.6 3.2a2.4 2.4 0 0 1 0 4.4M12 9.9c1.3.4 2 1.7 2.2 3.5" />
    </>
  ),
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  find: (
    <>
      <circle cx="7" cy="7" r="4.2" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>
  ),
  moon: <path d="M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.6v1.6M8 12.8v1.6M1.6 8h1.6M12.8 8h1.6M3.5 3.5l1.1 1.1M11.4 11.4l1.1 1.1M12.5 3.5l-1.1 1.1M4.6 11.4l-1.1 1.1" />
    </>
  ),
  system: (
    <>
      <rect x="2" y="3" width="12" height="8.4" rx="1.2" />
      <path d="M6 13.6h4" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="5.7" />
      <path d="M8 4.8V8l2.2 1.4" />
    </>
  ),
  again: <path d="M13 8a5 5 0 1 1-1.5-3.5M13 2.5v2.6h-2.6" />,
  more: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />,
  note: <path d="M3 2.5h10v7.5l-3.5 3.5H3zM13 10H9.500v3.500M5.5 5.500h5M5.5 8h3" />,
  takeover: <path d="M3 5.5h9M9.5 3 12 5.5 9.5 8M13 10.500H4M6.5 8 4 10.5 6.5 13" />,
  filter: <path d="M2.5 4h11M4.5 8h7M6.5 12h3" />,
  hidden: (
    <path d="M2 2l12 12M6.6 6.7a2 2 0 0 0 2.7 2.7M4.3 4.5C2.8 5.5 1.8 7 1.5 8c.8 2.2 3.2 4.5 6.5 4.5 1.2 0 2.3-.3 3.2-.8M7 3.600c.3 0 .7-.1 1-.1 3.3 0 5.7 2.3 6.5 4.5-.2.7-.7 1.5-1.4 2.2" />
  ),
  eye: (
    <>
      <path d="M1.5 8C2.3 5.8 4.7 3.5 8 3.500s5.7 2.3 6.5 4.500c-.8 2.2-3.2 4.5-6.5 4.500S2.3 10.2 1.5 8z" />
      <circle cx="8" cy="8" r="2" />
    </>
  ),
  message: <path d="M2.5 3.500h11v7.500H7l-3 2.500V11H2.500z" />,
  play: <path d="M5 3.500v9l7-4.500z" />,
  pause: <path d="M5.5 3.500v9M10.5 3.500v9" />,
  plug: (
    <path d="m3 13 2-2M6.5 6.5 4.3 8.700a2 2 0 0 0 0 2.800l.2.2a2 2 0 0 0 2.8 0l2.2-2.200M9.5 6l1-1M12.8 3.2 11 5M5.5 7.500l3 3M7.5 5.500l3 3" />
  ),
  block: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m4.2 4.2 7.6 7.6" />
    </>
  ),
  check: <path d="m3.2 8.4 3 3 6.6-6.8" />,
  minus: <path d="M4 8h8" />,
  plus: <path d="M8 3v10M3 8h10" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  down: <path d="m3.5 6 4.5 4.500L12.5 6" />,
  up: <path d="m3.5 10 4.5-4.5 4.5 4.5" />,
  right: <path d="m6 3.5 4.5 4.500L6 12.5" />,
  arrow: <path d="M3 8h10M9 4l4 4-4 4" />,
  bookmark: <path d="M4 2.500h8v11L8 10.7 4 13.500z" />,
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.2" />
      <path d="M10.5 5.500v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
    </>
  ),
  busy: <path d="M8 2.300a5.7 5.7 0 1 1-5.7 5.7" />,
  download: <path d="M8 2.500v7.500M4.8 7 8 10.2 11.2 7M3 13.300h10" />,
  upload: <path d="M8 10.500V3M4.8 6 8 2.8 11.2 6M3 13.300h10" />,
  link: (
    <path d="M6.7 9.300a2.5 2.5 0 0 0 3.5 0l2-2a2.5 2.5 0 0 0-3.5-3.500l-.7.7M9.3 6.700a2.5 2.5 0 0 0-3.5 0l-2 2a2.5 2.5 0 0 0 3.5 3.500l.7-.7" />
  ),
  columns: (
    <>
      <rect x="2.5" y="3" width="11" height="10" rx="1" />
      <path d="M6.2 3v10M9.8 3v10" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;
export const ICON_NAMES = Object.keys(SHAPES) as IconName[];

/** A line icon in the colour of its text, silent to screen readers: the words stand beside it or in the control's label. */
export function Icon({ name, size = 16 }: { name: IconName; size?: 12 | 14 | 16 | 20 | 24 }) {
  return (
    <svg className={size === 16 ? "i" : `i s${size}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}
