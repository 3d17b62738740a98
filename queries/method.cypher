// All about a method
// Where it is proposed, every result of it, every change or ratio that others measure against it, whom it beats and who
// beats it.
// param: method | method | | Name or alias of a method
// column: what | string | proposed, result, baseline of, beats or beaten by
// column: other | string | The other method: the baseline of its result, whose baseline it is, the loser or the winner
// column: dataset | string | The dataset or benchmark
// column: metric | string | The metric
// column: kind | string | absolute, change or ratio
// column: value | decimal | The value
// column: unit | string | The unit; "" for a plain number
// column: bound | string | exact, at_least, at_most or about
// column: valueText | string | The value as printed
// column: setting | string | The setting in which it was measured
// column: paper | string | The paper's id
// column: title | string | The paper's title
// column: published | string | When it was published
// column: evidence | string | The sentence that states it
// column: id | string | Id of the paper, the result or the comparison
MATCH (m:Method)
WHERE m.name = $method OR $method IN m.aliases
UNWIND [1, 2, 3, 4, 5] AS place
OPTIONAL MATCH (p1:Paper)-[:PROPOSES]->(m) WHERE place = 1
OPTIONAL MATCH (m)<-[:OF_METHOD]-(r2:Result) WHERE place = 2
OPTIONAL MATCH (r2)-[:AGAINST]->(o2:Method)
OPTIONAL MATCH (m)<-[:AGAINST]-(r3:Result) WHERE place = 3
OPTIONAL MATCH (r3)-[:OF_METHOD]->(o3:Method)
OPTIONAL MATCH (m)-[c4:OUTPERFORMS]->(o4:Method) WHERE place = 4
OPTIONAL MATCH (m)<-[c5:OUTPERFORMS]-(o5:Method) WHERE place = 5
WITH place, p1, coalesce(o2.name, o3.name, o4.name, o5.name) AS otherName,
     coalesce(p1.id, r2.id, r3.id, c4.id, c5.id) AS key, coalesce(r2.id, r3.id) AS resultId,
     coalesce(c4.paperId, c5.paperId) AS paperId, coalesce(c4.evidence, c5.evidence) AS sentence,
     coalesce(c4.dataset, c5.dataset) AS datasetId, coalesce(c4.metric, c5.metric) AS metricId
WHERE key IS NOT NULL
OPTIONAL MATCH (p2:Paper)-[:REPORTS]->(r:Result) WHERE r.id = resultId
OPTIONAL MATCH (r)-[:`ON`]->(d:Dataset|Benchmark)
OPTIONAL MATCH (r)-[:MEASURES]->(q:Metric)
OPTIONAL MATCH (p3:Paper) WHERE p3.id = paperId
OPTIONAL MATCH (d3:Dataset|Benchmark) WHERE d3.id = datasetId
OPTIONAL MATCH (q3:Metric) WHERE q3.id = metricId
WITH place, key, otherName, r, coalesce(d.name, d3.name) AS datasetName, coalesce(q.name, q3.name) AS metricName,
     coalesce(p1.id, p2.id, p3.id) AS paperKey, coalesce(p1.title, p2.title, p3.title) AS paperTitle,
     coalesce(p1.published, p2.published, p3.published) AS date, sentence
RETURN CASE place WHEN 1 THEN 'proposed' WHEN 2 THEN 'result' WHEN 3 THEN 'baseline of' WHEN 4 THEN 'beats'
         ELSE 'beaten by' END AS what,
       otherName AS other, datasetName AS dataset, metricName AS metric, r.kind AS kind, r.value AS value,
       r.unit AS unit, r.bound AS bound, r.valueText AS valueText, r.setting AS setting, paperKey AS paper,
       paperTitle AS title, date AS published, coalesce(r.evidence, sentence) AS evidence, key AS id
ORDER BY place, coalesce(datasetName, '~'), coalesce(metricName, '~'), coalesce(date, '~'), key;
