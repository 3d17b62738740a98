// Conflicting values
// Pairs of papers that quote different values for one method on one board (the same dataset, metric, setting and unit).
// Both are shown; neither is called wrong.
// param: method | method | "" | Only this method; "" for every one
// param: dataset | dataset | "" | Only this dataset or benchmark; "" for every one
// param: metric | metric | "" | Only this metric; "" for every one
// column: method | string | The method
// column: dataset | string | The dataset or benchmark
// column: metric | string | The metric
// column: setting | string | The setting
// column: unit | string | The unit; "" for a plain number
// column: value | decimal | The value that the first paper quotes
// column: bound | string | exact, at_least, at_most or about
// column: paper | string | The first paper
// column: published | string | When it was published
// column: evidence | string | Its sentence
// column: otherValue | decimal | The value that the second paper quotes
// column: otherBound | string | Its bound
// column: otherPaper | string | The second paper
// column: otherPublished | string | When it was published
// column: otherEvidence | string | Its sentence
// column: result | string | Id of the first result
// column: otherResult | string | Id of the second result
MATCH (m:Method)<-[:OF_METHOD]-(r:Result)
WHERE ($method = '' OR m.name = $method OR $method IN m.aliases) AND r.kind = 'absolute' AND r.valueMax IS NULL
WITH m, r.board AS board, count(DISTINCT r.value) AS quoted
WHERE quoted > 1 AND board IS NOT NULL
MATCH (m)<-[:OF_METHOD]-(a:Result)
WHERE a.board = board AND a.kind = 'absolute' AND a.valueMax IS NULL
WITH DISTINCT m, a
MATCH (m)<-[:OF_METHOD]-(b:Result)
WHERE b.board = a.board AND b.kind = 'absolute' AND b.valueMax IS NULL AND a.id < b.id AND a.value <> b.value
WITH DISTINCT m, a, b
MATCH (p:Paper)-[:REPORTS]->(a)-[:`ON`]->(d:Dataset|Benchmark)
WHERE $dataset = '' OR d.name = $dataset OR $dataset IN d.aliases
WITH DISTINCT m, a, b, p, d
MATCH (a)-[:MEASURES]->(q:Metric)
WHERE $metric = '' OR q.name = $metric OR $metric IN q.aliases
WITH DISTINCT m, a, b, p, d, q
MATCH (o:Paper)-[:REPORTS]->(b)
WHERE o.id <> p.id
RETURN m.name AS method, d.name AS dataset, q.name AS metric, a.setting AS setting, a.unit AS unit,
       a.value AS value, a.bound AS bound, p.id AS paper, p.published AS published, a.evidence AS evidence,
       b.value AS otherValue, b.bound AS otherBound, o.id AS otherPaper, o.published AS otherPublished,
       b.evidence AS otherEvidence, a.id AS result, b.id AS otherResult
ORDER BY m.id, a.board, a.id, b.id;
