-- Up Migration
CREATE TABLE racks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL
);

-- Down Migration
DROP TABLE racks;
