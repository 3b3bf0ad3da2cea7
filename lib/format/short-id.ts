const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** Of a UUID its beginning, which is enough to tell two apart; any other identifier whole. */
export const shortId = (id: string): string => (UUID.test(id) ? `${id.slice(0, 8)}…` : id);
