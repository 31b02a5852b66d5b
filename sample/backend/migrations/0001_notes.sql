-- Up Migration
CREATE TABLE notes (
  id uuid PRIMARY KEY, -- chosen by the client, so that a repeated request writes no second row
  text text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 2000),
  author text, -- the username of the session; NULL when nobody was logged in
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX notes_newest_first ON notes (created_at DESC, id);
