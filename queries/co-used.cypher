// Datasets used together
// The datasets and benchmarks that papers use or propose together with this one.
// param: dataset | dataset | | Name or alias of a dataset or benchmark
// column: dataset | string | The other dataset or benchmark
// column: type | string | Dataset or Benchmark
// column: papers | integer | How many papers use both
// column: first | string | The earliest of them
// column: last | string | The latest of them
// column: id | string | The other dataset's id
MATCH (d:Dataset|Benchmark)<-[:USES|PROPOSES]-(p:Paper)
WHERE d.name = $dataset OR $dataset IN d.aliases
MATCH (p)-[:USES|PROPOSES]->(o:Dataset|Benchmark)
WHERE o.id <> d.id
WITH o, count(DISTINCT p.id) AS together, min(p.published) AS earliest, max(p.published) AS latest
RETURN o.name AS dataset, o.type AS type, together AS papers, earliest AS first, latest AS last, o.id AS id
ORDER BY together DESC, o.name, o.id;
