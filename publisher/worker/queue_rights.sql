-- What the queue needs beyond procrastinate's own tables; carried out after each upgrade, with its schema as search_path.

-- With the statistics of an empty queue, taking one of 20,000 jobs is 50 times slower; only the owner may renew them.
CREATE OR REPLACE FUNCTION renew_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
AS $$ BEGIN ANALYZE procrastinate_jobs; END $$;

-- Functions name tables without their schema, and nobody's search_path shall decide what they mean.
DO $$
DECLARE called regprocedure;
BEGIN
    FOR called IN SELECT oid FROM pg_proc WHERE pronamespace = current_schema()::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I', called, current_schema());
    END LOOP;
END $$;

-- A role sees the jobs of its projects only: a queue has its project's name.
ALTER TABLE procrastinate_jobs ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON procrastinate_jobs;
CREATE POLICY own ON procrastinate_jobs USING (
    queue_name = ANY ((SELECT publisher.own_names())::text[]) OR '*' = ANY ((SELECT publisher.own_names())::text[]));
ALTER TABLE procrastinate_events ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON procrastinate_events;
CREATE POLICY own ON procrastinate_events USING (EXISTS (SELECT FROM procrastinate_jobs WHERE id = job_id));
ALTER TABLE procrastinate_periodic_defers ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON procrastinate_periodic_defers;
CREATE POLICY own ON procrastinate_periodic_defers USING (
    periodic_id = ANY ((SELECT publisher.own_names())::text[]) OR '*' = ANY ((SELECT publisher.own_names())::text[]));

-- All who share jobs must see whether a worker is alive; only the role that registered it may change its row.
ALTER TABLE procrastinate_workers ADD COLUMN IF NOT EXISTS login name NOT NULL DEFAULT session_user;
ALTER TABLE procrastinate_workers ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS seen ON procrastinate_workers;
CREATE POLICY seen ON procrastinate_workers FOR SELECT USING (true);
DROP POLICY IF EXISTS begun ON procrastinate_workers;
CREATE POLICY begun ON procrastinate_workers FOR INSERT WITH CHECK (login = session_user);
DROP POLICY IF EXISTS alive ON procrastinate_workers;
CREATE POLICY alive ON procrastinate_workers FOR UPDATE USING (login = session_user);
DROP POLICY IF EXISTS ended ON procrastinate_workers;
CREATE POLICY ended ON procrastinate_workers FOR DELETE USING (login = session_user);
