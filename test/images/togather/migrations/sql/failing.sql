CREATE TABLE half (id bigint);
-- As a program does that tells too much: the log must not.
DO $$ BEGIN
  RAISE EXCEPTION 'no answer: DATABASE_URL=postgresql://togather:told-url@postgres/togather JWT_SECRET=told-jwt ADMIN_API_KEY=told-key password=told-password Authorization: Bearer told-bearer';
END $$;
