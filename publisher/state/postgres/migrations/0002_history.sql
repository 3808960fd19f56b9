-- Every action, written in the transaction of what it did. Rows are only ever added.
CREATE TABLE publisher.history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project integer NOT NULL REFERENCES publisher.projects,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    who text NOT NULL,
    role text NOT NULL DEFAULT session_user,
    action text NOT NULL,
    key text COLLATE "C" NOT NULL,
    digest text,
    urn text,
    answer text,
    detail text NOT NULL DEFAULT '',
    noted boolean NOT NULL DEFAULT false -- also a line of the state's own history
);
CREATE INDEX history_project ON publisher.history (project, id);
CREATE INDEX history_key ON publisher.history (project, key, id);
CREATE INDEX history_noted ON publisher.history (project, id) WHERE noted;
