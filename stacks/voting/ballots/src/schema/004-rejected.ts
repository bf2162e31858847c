/** Where the queue for a machine without Redis puts aside what is no ballot of this poll, for an operator to look at. */
export const rejected = `
CREATE TABLE rejected (
  raw TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL DEFAULT now()
);
`;
