// Search by name
// Methods, datasets, benchmarks, tasks, metrics and papers whose name, alias or title contains these words, case aside. Equal
// names first, then those that begin with it, then the rest; the most named first.
// param: name | string | | A part of its name
// column: type | string | Method, Dataset, Benchmark, Task, Metric or Paper
// column: name | string | Its name, or the paper's title
// column: papers | integer | How many papers name it
// column: id | string | Its id
MATCH (n:Method|Dataset|Benchmark|Task|Metric|Paper)
UNWIND [n.name] + coalesce(n.aliases, []) AS label
WITH n, toLower(label) AS form, toLower($name) AS wanted
WHERE form CONTAINS wanted
WITH n, min(CASE WHEN form = wanted THEN 1 WHEN form STARTS WITH wanted THEN 2 ELSE 3 END) AS distance
OPTIONAL MATCH (p:Paper)-[:PROPOSES|USES|COMPARES_WITH|MENTIONS|ADDRESSES]->(n)
WITH n, distance, count(DISTINCT p.id) AS naming
RETURN coalesce(n.type, 'Paper') AS type, n.name AS name, naming AS papers, n.id AS id
ORDER BY distance, naming DESC, n.name, n.id;
