// Recent papers of a task
// The papers that address a task, newest first, those without a date last.
// param: task | task | | Name or alias of a task
// param: since | date | "" | Only papers published on or after this date; "" for all
// column: published | string | When it was published
// column: title | string | Its title
// column: organization | string | Who submitted it
// column: results | integer | How many results it reports
// column: url | string | Where to read it
// column: paper | string | Its id
MATCH (p:Paper)-[:ADDRESSES]->(t:Task)
WHERE (t.name = $task OR $task IN t.aliases) AND ($since = '' OR p.published >= $since)
WITH DISTINCT p
OPTIONAL MATCH (p)-[:SUBMITTED_BY]->(o:Organization)
WITH p, min(o.name) AS submitter
OPTIONAL MATCH (p)-[:REPORTS]->(r:Result)
WITH p, submitter, count(r) AS reported
RETURN p.published AS published, p.title AS title, submitter AS organization, reported AS results, p.url AS url,
       p.id AS paper
ORDER BY coalesce(p.published, '') DESC, p.id;
