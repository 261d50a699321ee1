/** Tells rows of a snapshot under way from those before it: the old ones go when the new ones are all there. */
export const sql = `
ALTER TABLE catalogue_item ADD COLUMN snapshot INTEGER NOT NULL DEFAULT 0;
ALTER TABLE staff ADD COLUMN snapshot INTEGER NOT NULL DEFAULT 0;
`;
