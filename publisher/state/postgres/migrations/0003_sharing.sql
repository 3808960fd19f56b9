-- Who works on which key now. A claim only saves work; what keeps a post from being published twice is its intent.
CREATE TABLE publisher.claims (
    project integer NOT NULL REFERENCES publisher.projects,
    key text COLLATE "C" NOT NULL,
    holder text NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (project, key)
);
CREATE INDEX claims_holder ON publisher.claims (holder);

-- Requests of a UTC day, of an app (owner '') and of each of its members; shared by all projects.
CREATE TABLE publisher.usage (
    app text NOT NULL,
    owner text NOT NULL,
    day date NOT NULL,
    requests integer NOT NULL DEFAULT 0,
    closed_until timestamptz,
    PRIMARY KEY (app, owner, day)
);
