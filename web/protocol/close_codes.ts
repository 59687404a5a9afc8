/** Why the platform closes a socket, beyond the standard codes. */

export const CLOSE_NO_HELLO = 4001;
export const CLOSE_MALFORMED = 4002;
export const CLOSE_FLOOD = 4003;
export const CLOSE_SLOW = 4008;
export const CLOSE_FORGOTTEN = 4010;

/** The standard code for "you are not allowed to". */
export const CLOSE_POLICY = 1008;
