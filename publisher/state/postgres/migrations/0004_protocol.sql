-- Intents of every kind, copies on other networks, and what keys were; see publisher/model/state.py.
ALTER TABLE publisher.projects
    ADD COLUMN lineage text NOT NULL DEFAULT '',
    ADD COLUMN service text NOT NULL DEFAULT '',
    ADD COLUMN pause jsonb,
    ADD COLUMN extra text NOT NULL DEFAULT '',
    -- added to the number of the newest line of history: goes up where a restored database is used again
    ADD COLUMN serial_base bigint NOT NULL DEFAULT 0;

-- files: [{"sha256", "urn", "api"}, ...] instead of sha256, urn, sha256, urn, ...
-- more: the parts of an entry that have no column, as in the state's JSON document
ALTER TABLE publisher.posts ADD COLUMN files jsonb, ADD COLUMN more jsonb;
UPDATE publisher.posts SET files = (
    SELECT jsonb_agg(jsonb_build_object('sha256', media[i], 'urn', media[i + 1]) ORDER BY i)
    FROM generate_series(1, array_length(media, 1), 2) AS i) WHERE media IS NOT NULL;
ALTER TABLE publisher.posts DROP COLUMN media;

ALTER TABLE publisher.uploads ADD COLUMN files jsonb;
UPDATE publisher.uploads SET files = (
    SELECT jsonb_agg(jsonb_build_object('sha256', media[i], 'urn', media[i + 1]) ORDER BY i)
    FROM generate_series(1, array_length(media, 1), 2) AS i);
ALTER TABLE publisher.uploads DROP COLUMN media, ALTER COLUMN files SET NOT NULL;

ALTER TABLE publisher.failures ADD COLUMN extra text NOT NULL DEFAULT '';
ALTER TABLE publisher.history ADD COLUMN extra text NOT NULL DEFAULT '';

-- what is kept by key as JSON: past, held; by author: deferred
CREATE TABLE publisher.facts (
    project integer NOT NULL REFERENCES publisher.projects,
    part text NOT NULL CHECK (part IN ('past', 'held', 'deferred')),
    key text COLLATE "C" NOT NULL,
    value jsonb NOT NULL,
    PRIMARY KEY (project, part, key)
);
