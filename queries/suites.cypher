// The parts of a benchmark
// The suites and splits that belong to a benchmark, directly or through another part, with how much is reported on each.
// param: dataset | dataset | | Name or alias of a benchmark or dataset
// column: name | string | The part
// column: type | string | Benchmark or Dataset
// column: results | integer | How many results are reported on it
// column: methods | integer | How many methods have one
// column: papers | integer | How many papers report one
// column: id | string | The part's id
MATCH (part:Dataset|Benchmark)-[:PART_OF*1..10]->(d:Dataset|Benchmark)
WHERE d.name = $dataset OR $dataset IN d.aliases
WITH DISTINCT part
OPTIONAL MATCH (part)<-[:`ON`]-(r:Result)<-[:REPORTS]-(p:Paper)
OPTIONAL MATCH (r)-[:OF_METHOD]->(m:Method)
WITH part, count(DISTINCT r.id) AS reported, count(DISTINCT m.id) AS measured, count(DISTINCT p.id) AS reporting
RETURN part.name AS name, part.type AS type, reported AS results, measured AS methods, reporting AS papers,
       part.id AS id
ORDER BY reported DESC, part.name, part.id;
