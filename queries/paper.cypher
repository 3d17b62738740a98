// What a paper claims
// Everything that a paper names and reports: what it proposes, uses, compares with, addresses and mentions, its results,
// and which method it says is better than which. Results and comparisons come with their sentence and its place.
// param: paper | paper | | Id, arXiv id or title of a paper
// column: claim | string | proposes, uses, compares with, addresses, mentions, result or outperforms
// column: subject | string | The thing named, or the method that the result or the comparison is about
// column: type | string | Type of the thing named, or kind of the result: absolute, change or ratio
// column: value | decimal | The value
// column: unit | string | The unit; "" for a plain number
// column: bound | string | exact, at_least, at_most or about
// column: valueText | string | The value as printed
// column: direction | string | increase or decrease, for a change or a ratio
// column: against | string | The method compared with
// column: dataset | string | The dataset or benchmark
// column: metric | string | The metric
// column: task | string | The task
// column: setting | string | The setting
// column: evidence | string | The sentence that states it
// column: start | integer | Where the sentence starts: code points in title, newline and abstract
// column: end | integer | Where the sentence ends
// column: confidence | decimal | Probability that this is right
// column: id | string | Id of the thing named, the result or the comparison
MATCH (p:Paper)
WHERE p.id = $paper OR p.id = 'paper/' + $paper OR p.arxivId = $paper OR p.title = $paper
UNWIND [1, 2, 3, 4, 5, 6, 7] AS place
OPTIONAL MATCH (p)-[e1:PROPOSES]->(x1:Method|Dataset|Benchmark) WHERE place = 1
OPTIONAL MATCH (p)-[e2:USES]->(x2:Method|Dataset|Benchmark|Metric) WHERE place = 2
OPTIONAL MATCH (p)-[e3:COMPARES_WITH]->(x3:Method|Dataset|Benchmark) WHERE place = 3
OPTIONAL MATCH (p)-[e4:ADDRESSES]->(x4:Task) WHERE place = 4
OPTIONAL MATCH (p)-[e5:MENTIONS]->(x5:Method|Dataset|Benchmark|Task|Metric) WHERE place = 5
OPTIONAL MATCH (p)-[:REPORTS]->(r:Result) WHERE place = 6
OPTIONAL MATCH (r)-[:OF_METHOD]->(m:Method)
OPTIONAL MATCH (r)-[:AGAINST]->(b:Method)
OPTIONAL MATCH (r)-[:`ON`]->(d:Dataset|Benchmark)
OPTIONAL MATCH (r)-[:MEASURES]->(q:Metric)
OPTIONAL MATCH (r)-[:FOR_TASK]->(t:Task)
OPTIONAL MATCH (m2:Method)-[c:OUTPERFORMS]->(b2:Method) WHERE place = 7 AND c.paperId = p.id
OPTIONAL MATCH (d2:Dataset|Benchmark) WHERE d2.id = c.dataset
OPTIONAL MATCH (q2:Metric) WHERE q2.id = c.metric
WITH place,
     coalesce(x1.name, x2.name, x3.name, x4.name, x5.name, m.name, m2.name) AS subjectName,
     coalesce(x1.type, x2.type, x3.type, x4.type, x5.type, r.kind) AS typeName,
     coalesce(b.name, b2.name) AS againstName, coalesce(d.name, d2.name) AS datasetName,
     coalesce(q.name, q2.name) AS metricName, t.name AS taskName, r, c,
     coalesce(r.start, c.start) AS startsAt, coalesce(r.`end`, c.`end`) AS endsAt,
     coalesce(e1.confidence, e2.confidence, e3.confidence, e4.confidence, e5.confidence, r.confidence, c.confidence)
       AS probability,
     coalesce(x1.id, x2.id, x3.id, x4.id, x5.id, r.id, c.id) AS key
WHERE key IS NOT NULL
RETURN CASE place WHEN 1 THEN 'proposes' WHEN 2 THEN 'uses' WHEN 3 THEN 'compares with' WHEN 4 THEN 'addresses'
         WHEN 5 THEN 'mentions' WHEN 6 THEN 'result' ELSE 'outperforms' END AS claim,
       subjectName AS subject, typeName AS type, r.value AS value, r.unit AS unit, r.bound AS bound,
       r.valueText AS valueText, r.direction AS direction, againstName AS against, datasetName AS dataset,
       metricName AS metric, taskName AS task, r.setting AS setting, coalesce(r.evidence, c.evidence) AS evidence,
       startsAt AS start, endsAt AS `end`, probability AS confidence, key AS id
ORDER BY place, coalesce(startsAt, 0), key;
