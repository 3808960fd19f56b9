-- Which roles may use which project. The owner of the tables adds rows; the project '*' stands for all of them.
-- By name, so that access can be given before a project is used for the first time.
CREATE TABLE publisher.access (
    project text NOT NULL,
    role name NOT NULL,
    PRIMARY KEY (project, role)
);

-- session_user, because current_user is the owner in these functions, and SET ROLE could choose it elsewhere
CREATE FUNCTION publisher.may_use(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT EXISTS (
        SELECT FROM publisher.access JOIN pg_roles ON rolname = role
        WHERE project IN (wanted, '*') AND pg_has_role(session_user, pg_roles.oid, 'MEMBER'))
$$;
CREATE FUNCTION publisher.own_names() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(project), '{}') FROM publisher.access JOIN pg_roles ON rolname = role
    WHERE pg_has_role(session_user, pg_roles.oid, 'MEMBER')
$$;
CREATE FUNCTION publisher.own_projects() RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(id), '{}') FROM publisher.projects, publisher.own_names() AS own
    WHERE name = ANY (own) OR '*' = ANY (own)
$$;

-- a subquery, so that the function is called once for each statement and not for each row
DO $$
DECLARE place text;
BEGIN
    FOREACH place IN ARRAY ARRAY['posts', 'slots', 'uploads', 'failures', 'facts', 'claims', 'history'] LOOP
        EXECUTE format('ALTER TABLE publisher.%I ENABLE ROW LEVEL SECURITY', place);
        EXECUTE format('CREATE POLICY own ON publisher.%I
            USING (project = ANY ((SELECT publisher.own_projects())::integer[]))', place);
    END LOOP;
END $$;
ALTER TABLE publisher.projects ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON publisher.projects
    USING ('*' = ANY ((SELECT publisher.own_names())::text[]) OR name = ANY ((SELECT publisher.own_names())::text[]));

-- Who wrote a line, and when, is the server's word. Only lines of the state's own history keep the time they are given,
-- because they may come from another state.
ALTER TABLE publisher.history ADD COLUMN recorded_at timestamptz;
CREATE FUNCTION publisher.sign_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    NEW.role := session_user;
    NEW.recorded_at := clock_timestamp();
    IF NOT NEW.noted THEN
        NEW.at := NEW.recorded_at;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sign BEFORE INSERT ON publisher.history FOR EACH ROW EXECUTE FUNCTION publisher.sign_history();

-- Roles that could use everything until now still can, but no role chooses a line's number, role or time of record.
DO $$
DECLARE place record;
BEGIN
    FOR place IN
        SELECT DISTINCT pg_get_userbyid(entry.grantee) AS role, entry.privilege_type AS privilege
        FROM pg_class, aclexplode(relacl) AS entry
        WHERE pg_class.oid = 'publisher.history'::regclass AND entry.grantee NOT IN (0, relowner)
    LOOP
        IF place.privilege = 'SELECT' THEN
            INSERT INTO publisher.access VALUES ('*', place.role);
            EXECUTE format('GRANT SELECT ON publisher.access TO %I', place.role);
        ELSIF place.privilege = 'INSERT' THEN
            EXECUTE format('REVOKE INSERT ON publisher.history FROM %I', place.role);
            EXECUTE format('GRANT INSERT (project, who, at, action, key, digest, urn, answer, detail, noted, extra)
                ON publisher.history TO %I', place.role);
        END IF;
    END LOOP;
END $$;

-- posts in doubt are few among many; an author's newest post is asked for by `limits.spacing`
CREATE INDEX posts_pending ON publisher.posts (project, key) WHERE status = 'pending';
CREATE INDEX posts_newest ON publisher.posts (project, author, coalesce(published_at, attempt_started_at) DESC NULLS LAST)
    WHERE key NOT LIKE '%#%';
-- a project that has long been quiet must not be looked for through the lines of all others
DROP INDEX publisher.history_project;
ALTER TABLE publisher.history DROP CONSTRAINT history_pkey, ADD PRIMARY KEY (project, id);
-- in the order of time, as rows are only added: small, and enough for retention and `history --since`
CREATE INDEX history_at ON publisher.history USING brin (at);
