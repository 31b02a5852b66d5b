ALTER TABLE events ADD COLUMN venue text;
