/** How long break-glass lasts. Design: "break-glass for 30 min". */
export const BREAK_GLASS_MINUTES = 30;
