-- What one project remembers. Names and texts are the document's own; see publisher/model/state.py.
CREATE TABLE publisher.projects (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    made_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE publisher.posts (
    project integer NOT NULL REFERENCES publisher.projects,
    key text COLLATE "C" NOT NULL,
    status text NOT NULL CHECK (status IN ('published', 'pending', 'stamped', 'deleted')),
    author text NOT NULL,
    digest text NOT NULL,
    text_digest text NOT NULL,
    api text NOT NULL,
    source text NOT NULL,
    urn text,
    permalink text,
    published_at timestamptz,
    deleted_at timestamptz,
    attempt_id text,
    attempt_started_at timestamptz,
    attempt_digest text,
    media text[], -- sha256, urn, sha256, urn, ...; null where there is none
    text text,
    rest_digest text,
    PRIMARY KEY (project, key),
    CHECK (status <> 'pending' OR attempt_id IS NOT NULL),
    CHECK ((attempt_id IS NULL) = (attempt_started_at IS NULL) AND (attempt_id IS NULL) = (attempt_digest IS NULL))
);
-- one author's same text is never published twice, so it is looked for
CREATE INDEX posts_text ON publisher.posts (project, author, text_digest);

CREATE TABLE publisher.slots (
    project integer NOT NULL REFERENCES publisher.projects,
    key text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (project, key)
);

CREATE TABLE publisher.uploads (
    project integer NOT NULL REFERENCES publisher.projects,
    key text COLLATE "C" NOT NULL,
    media text[] NOT NULL,
    PRIMARY KEY (project, key)
);

CREATE TABLE publisher.failures (
    project integer NOT NULL REFERENCES publisher.projects,
    key text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    PRIMARY KEY (project, key)
);
