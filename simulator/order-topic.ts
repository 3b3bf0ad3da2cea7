/** Where the state of one pharmacy order is published. */
export const orderTopic = (orderId: string): string => `halodoc/pharmacy-delivery/orders/${orderId}`;
