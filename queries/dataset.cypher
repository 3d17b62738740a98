// What is known about a dataset
// The metrics, settings and units in which results on a dataset or benchmark are reported, with their counts and the best
// value. A dataset without results has one row.
// param: dataset | dataset | | Name or alias of a dataset or benchmark
// column: dataset | string | The dataset or benchmark
// column: type | string | Dataset or Benchmark
// column: namedBy | integer | How many papers name it
// column: metric | string | The metric
// column: direction | string | higher, lower or unknown: what is better in this metric
// column: setting | string | The setting
// column: unit | string | The unit; "" for a plain number
// column: results | integer | How many results, of every kind
// column: ranked | integer | How many of them can be ranked
// column: methods | integer | How many methods have one
// column: papers | integer | How many papers report one
// column: first | string | The earliest publication
// column: last | string | The latest publication
// column: best | decimal | The best ranked value
// column: id | string | The dataset's id
MATCH (d:Dataset|Benchmark)
WHERE d.name = $dataset OR $dataset IN d.aliases
OPTIONAL MATCH (n:Paper)-[:PROPOSES|USES|COMPARES_WITH|MENTIONS]->(d)
WITH d, count(DISTINCT n.id) AS naming
OPTIONAL MATCH (d)<-[:`ON`]-(r:Result)<-[:REPORTS]-(p:Paper)
OPTIONAL MATCH (r)-[:MEASURES]->(q:Metric)
OPTIONAL MATCH (r)-[:OF_METHOD]->(m:Method)
WITH d, naming, q, r.setting AS condition, r.unit AS scale, count(DISTINCT r.id) AS total,
     count(DISTINCT CASE WHEN r.rankable THEN r.id END) AS rankable, count(DISTINCT m.id) AS ofMethods,
     count(DISTINCT p.id) AS inPapers, min(p.published) AS earliest, max(p.published) AS latest,
     max(CASE WHEN r.rankable THEN r.orderKey END) AS key
RETURN d.name AS dataset, d.type AS type, naming AS namedBy, q.name AS metric, q.direction AS direction,
       condition AS setting, scale AS unit, total AS results, rankable AS ranked, ofMethods AS methods,
       inPapers AS papers, earliest AS first, latest AS last,
       CASE WHEN q.direction = 'lower' THEN -key ELSE key END AS best, d.id AS id
ORDER BY d.id, total DESC, coalesce(q.name, '~'), coalesce(condition, ''), coalesce(scale, '');
