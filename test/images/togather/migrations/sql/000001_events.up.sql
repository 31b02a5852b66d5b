CREATE TABLE events (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  place geography(Point, 4326) NOT NULL,
  meaning vector(3) NOT NULL
);
CREATE INDEX events_place ON events USING gist (place);
CREATE INDEX events_name ON events USING gin (name gin_trgm_ops);

CREATE TABLE river_job (
  id bigserial PRIMARY KEY,
  kind text NOT NULL,
  args jsonb NOT NULL,
  state text NOT NULL DEFAULT 'available'
);
